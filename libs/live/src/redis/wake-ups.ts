import type { Redis } from 'ioredis';
import { POLL_MS } from '../live-log.js';

/**
 * Wake-ups over one subscribed connection: only channels that somebody watches are subscribed. Redis tells each of them
 * at most once and forgets everybody when the connection breaks, so all watchers are woken after a reconnect and once a
 * second besides.
 */
export class WakeUps {
  private readonly watchers = new Map<string, Set<() => void>>();
  private poll: NodeJS.Timeout | undefined;

  constructor(
    private readonly subscriber: Redis,
    private readonly topicOf: (channel: string) => string,
  ) {
    subscriber.on('message', (topic: string) => this.wake(topic));
    subscriber.on('ready', () => {
      const topics = [...this.watchers.keys()];
      if (topics.length > 0) void this.subscribe(topics);
      this.wakeAll();
    });
  }

  async watch(channel: string, onChange: () => void): Promise<() => void> {
    const topic = this.topicOf(channel);
    // Watching twice with one function must end twice too.
    const watcher = () => onChange();
    const others = this.watchers.get(topic);
    if (others) others.add(watcher);
    else {
      this.watchers.set(topic, new Set([watcher]));
      this.poll ??= setInterval(() => this.wakeAll(), POLL_MS).unref();
      await this.subscribe([topic]);
    }
    return () => this.unwatch(topic, watcher);
  }

  close(): void {
    clearInterval(this.poll);
    this.watchers.clear();
  }

  private unwatch(topic: string, watcher: () => void): void {
    const watchers = this.watchers.get(topic);
    watchers?.delete(watcher);
    if (!watchers || watchers.size > 0) return;
    this.watchers.delete(topic);
    this.subscriber.unsubscribe(topic).catch(() => undefined);
    if (this.watchers.size === 0) {
      clearInterval(this.poll);
      this.poll = undefined;
    }
  }

  /** A failure is no news: the poll stands in until the connection is back, and `ready` subscribes again. */
  private async subscribe(topics: string[]): Promise<void> {
    await this.subscriber.subscribe(...topics).catch(() => undefined);
  }

  private wake(topic: string): void {
    for (const watcher of [...(this.watchers.get(topic) ?? [])]) watcher();
  }

  private wakeAll(): void {
    for (const topic of [...this.watchers.keys()]) this.wake(topic);
  }
}
