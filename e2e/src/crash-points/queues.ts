import { setTimeout as sleep } from 'node:timers/promises';
import { QUEUES, WORK_QUEUES } from '@planwright/messaging';
import { serviceAddresses } from '@planwright/testing';
import { connect } from 'amqplib';
import { parkedMessages } from '../broker.js';

type Channel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createChannel']>>;

/** A platform's queues as an operator with a hammer sees them. */
export class Queues {
  private constructor(
    private readonly prefix: string,
    private readonly connection: Awaited<ReturnType<typeof connect>>,
    private readonly channel: Channel,
  ) {}

  static async open(prefix: string): Promise<Queues> {
    const connection = await connect(serviceAddresses().rabbitmq);
    return new Queues(prefix, connection, await connection.createChannel());
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** A fact of generators leads nowhere for a while, however often it is bound again. */
  async keepUnbound(key: string, durationMs: number): Promise<void> {
    for (const until = Date.now() + durationMs; Date.now() < until; await sleep(5)) {
      await this.channel.unbindQueue(this.name(QUEUES.orchestrator), this.name('cmd'), key);
    }
    await this.channel.bindQueue(this.name(QUEUES.orchestrator), this.name('cmd'), key);
  }

  async purge(queue: string): Promise<void> {
    await this.channel.purgeQueue(this.name(queue));
  }

  put(queue: string, body: Buffer): void {
    this.channel.sendToQueue(this.name(queue), body, { persistent: true, contentType: 'application/json' });
  }

  /** Messages that wait, without those in somebody's hands; 0 where the queue is not there at the moment. */
  async waiting(queue: string): Promise<number> {
    const channel = await this.connection.createChannel();
    // To ask for a queue that is not there closes the channel.
    channel.on('error', () => undefined);
    try {
      const { messageCount } = await channel.checkQueue(this.name(queue));
      await channel.close();
      return messageCount;
    } catch {
      return 0;
    }
  }

  /** What waits in all work queues together. */
  async backlog(): Promise<number> {
    const counts = await Promise.all(WORK_QUEUES.map((queue) => this.waiting(queue)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** The bodies of what is parked, each once: a process may die between parking a message and acknowledging it. */
  async parked(): Promise<string[]> {
    if ((await this.waiting(QUEUES.parked)) === 0) return [];
    const bodies = (await parkedMessages(this.prefix)).map(({ body }) => Buffer.from(body).toString());
    return [...new Set(bodies)].sort();
  }

  /** Keeps a copy of every command with this routing key from now on. */
  async copyCommands(key: string): Promise<Buffer[]> {
    const copies: Buffer[] = [];
    const { queue } = await this.channel.assertQueue('', { exclusive: true, autoDelete: true });
    await this.channel.bindQueue(queue, this.name('cmd'), key);
    await this.channel.consume(queue, (message) => void (message && copies.push(message.content)), {
      noAck: true,
    });
    return copies;
  }

  private name(queue: string): string {
    return `${this.prefix}.${queue}`;
  }
}
