import { randomBytes } from 'node:crypto';
import type { ChunkBody, LiveEvent } from '@planwright/contracts';
import { connectRedis, redisSettings } from '@planwright/runtime';
import type { RedisConnection } from '@planwright/runtime';
import { Redis } from 'ioredis';
import { fenceKey, settlementOf } from '../fence.js';
import type {
  FactsAppended,
  LiveLog,
  LogPage,
  LogPosition,
  LogSnapshot,
  NumberedFact,
  ReadPosition,
  SectionAppended,
  SectionBody,
} from '../live-log.js';
import { entriesKept, RETENTION } from '../live-log.js';
import { APPEND_FACTS, APPEND_SECTION, READ, SNAPSHOT } from './scripts.js';
import { WakeUps } from './wake-ups.js';

export interface RedisLiveOptions {
  url: string;
  /** Begins every key and topic; one per deployment. Default `pw:`. */
  prefix?: string;
  log: { warn(fields: object, message: string): void };
  /** What `CLIENT LIST` calls the two connections. Default `planwright-live`. */
  name?: string;
  /** Time a command may take before it rejects. Default 1,000 ms. */
  commandTimeoutMs?: number;
}

type Argument = string | number;
type Command<R> = (...args: Argument[]) => Promise<R>;

/** The four scripts as commands of a connection. */
interface Scripts {
  pwAppendFacts: Command<[number, number, string, number]>;
  pwAppendSection: Command<['ok', string, number] | ['fenced'] | ['epoch', string] | ['offset', number]>;
  pwRead: Command<[string, number, number, number, [string, string[]][]]>;
  pwSnapshot: Command<[string, number, number, Argument[]]>;
}

const SCRIPTS: Record<keyof Scripts, string> = {
  pwAppendFacts: APPEND_FACTS,
  pwAppendSection: APPEND_SECTION,
  pwRead: READ,
  pwSnapshot: SNAPSHOT,
};

/**
 * The live log in Redis (6.2 or newer, or a compatible server). Two keys per channel, `{prefix}live:{channel}:head` and
 * `…:log`, share a hash tag, so a cluster keeps them together.
 *
 * Without Redis every call rejects within `commandTimeoutMs`: nothing is queued, as text that is minutes old helps
 * nobody and the callers catch up from what they hold.
 */
export function createRedisLive(options: RedisLiveOptions): LiveLog {
  return new RedisLive(options);
}

class RedisLive implements LiveLog {
  private readonly connection: RedisConnection<Scripts>;
  private readonly subscriber: Redis;
  private readonly wakeUps: WakeUps;
  private readonly prefix: string;

  constructor({ url, prefix = 'pw:', log, name = 'planwright-live', commandTimeoutMs = 1_000 }: RedisLiveOptions) {
    this.prefix = prefix;
    const settings = { name, commandTimeoutMs };
    this.connection = connectRedis({ url, ...settings, what: 'live log', scripts: SCRIPTS, numberOfKeys: 2, log });
    this.subscriber = new Redis(url, { ...redisSettings(settings), autoResubscribe: false });
    this.wakeUps = new WakeUps(this.subscriber, (channel) => this.key(channel, 'wake'));
    // The same server: the command connection reports for both.
    this.subscriber.on('error', () => undefined);
  }

  async appendFacts(channel: string, facts: readonly NumberedFact[]): Promise<FactsAppended> {
    return this.putFacts(channel, facts, false);
  }

  async rebuild(channel: string, facts: readonly NumberedFact[]): Promise<LogPosition> {
    const { status, epoch, seq } = await this.putFacts(channel, facts, true);
    if (status === 'gap') throw new Error(`the facts of ${channel} must follow on each other from 1`);
    return { epoch, seq };
  }

  async appendSection(channel: string, body: SectionBody, expectEpoch: string | null): Promise<SectionAppended> {
    await this.connection.ready();
    const { document_id, section_id, attempt } = body;
    const args: Argument[] = [expectEpoch ?? '', document_id, fenceKey(document_id, section_id), attempt];
    const ts = new Date().toISOString();
    if (body.type === 'chunk') {
      const { content, ...rest } = body;
      args.push(JSON.stringify({ ts, ...rest }), body.offset, content.length, content);
    } else args.push(JSON.stringify({ ts, ...body }));
    const answer = await this.connection.redis.pwAppendSection(
      ...this.open(channel),
      this.key(channel, 'wake'),
      entriesKept(channel) ?? 0,
      ...args,
    );
    switch (answer[0]) {
      case 'ok':
        return { status: 'ok', epoch: answer[1], seq: answer[2] };
      case 'epoch':
        return { status: 'epoch', epoch: answer[1] };
      case 'offset':
        return { status: 'offset', expected: answer[1] };
      case 'fenced':
        return { status: 'fenced' };
    }
  }

  async read(channel: string, position: ReadPosition): Promise<LogPage> {
    await this.connection.ready();
    const [epoch, seq, firstSeq, reset, entries] = await this.connection.redis.pwRead(
      ...this.open(channel),
      position.epoch ?? '',
      position.after,
      position.limit,
      position.bytes ?? 0,
    );
    const events = entries.map(([id, fields]) => eventOf(channel, epoch, Number.parseInt(id, 10), fields));
    return { epoch, seq, firstSeq, reset: reset === 1, events };
  }

  async snapshot(channel: string): Promise<LogSnapshot> {
    await this.connection.ready();
    const [epoch, seq, fact, texts] = await this.connection.redis.pwSnapshot(...this.open(channel));
    const writing: LogSnapshot['writing'] = [];
    for (let at = 0; at < texts.length; at += 3) {
      const [document_id = '', ...section] = String(texts[at]).split('/');
      const content = String(texts[at + 2]);
      writing.push({ document_id, section_id: section.join('/'), attempt: Number(texts[at + 1]), content });
    }
    return { epoch, seq, fact, writing };
  }

  watch(channel: string, onChange: () => void): Promise<() => void> {
    return this.wakeUps.watch(channel, onChange);
  }

  async expire(channel: string, seconds: number): Promise<void> {
    await this.connection.ready();
    const ms = seconds * 1_000;
    await Promise.all([
      this.connection.redis.pexpire(this.key(channel, 'head'), ms),
      this.connection.redis.pexpire(this.key(channel, 'log'), ms),
    ]);
  }

  async health(): Promise<void> {
    await this.connection.ready();
    await this.connection.redis.ping();
  }

  async close(): Promise<void> {
    this.wakeUps.close();
    this.subscriber.disconnect();
    this.connection.redis.disconnect();
  }

  private async putFacts(channel: string, facts: readonly NumberedFact[], anew: boolean): Promise<FactsAppended> {
    await this.connection.ready();
    const args = facts.flatMap(({ n, at, body }): Argument[] => {
      const settlement = settlementOf(body);
      const key = settlement && 'key' in settlement ? settlement.key : '';
      const attempt = settlement && 'attempt' in settlement ? settlement.attempt : 0;
      return [n, JSON.stringify({ ts: at, ...body }), settlement?.kind ?? '', key, attempt];
    });
    const [ok, lastFact, epoch, seq] = await this.connection.redis.pwAppendFacts(
      ...this.open(channel),
      this.key(channel, 'wake'),
      entriesKept(channel) ?? 0,
      RETENTION.endedMs,
      anew ? 1 : 0,
      ...args,
    );
    return { status: ok === 1 ? 'ok' : 'gap', lastFact, epoch, seq };
  }

  /** Keys and arguments every script begins with. */
  private open(channel: string): Argument[] {
    const epoch = randomBytes(9).toString('base64url');
    return [this.key(channel, 'head'), this.key(channel, 'log'), epoch, RETENTION.idleMs];
  }

  private key(channel: string, what: 'head' | 'log' | 'wake'): string {
    return `${this.prefix}live:{${channel}}:${what}`;
  }
}

function eventOf(channel: string, epoch: string, seq: number, fields: string[]): LiveEvent {
  const entry = JSON.parse(fields[1] ?? '{}') as Omit<LiveEvent, 'v' | 'channel' | 'epoch' | 'seq'>;
  const { type, ts, ...rest } = entry;
  const event = { v: 1, channel, epoch, seq, type, ts, ...rest };
  const content: Partial<ChunkBody> = fields[2] === 'c' ? { content: fields[3] ?? '' } : {};
  return { ...event, ...content } as LiveEvent;
}
