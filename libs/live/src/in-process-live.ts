import { randomBytes } from 'node:crypto';
import type { LiveEvent } from '@planwright/contracts';
import { fenceKey, settlementOf } from './fence.js';
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
  WritingText,
} from './live-log.js';
import { entriesKept, RETENTION } from './live-log.js';

interface Fence {
  attempt: number;
  state: 'open' | 'yielded' | 'final';
  /** The text so far; present while open. */
  writing: WritingText | null;
}

interface ChannelLog {
  epoch: string;
  seq: number;
  fact: number;
  events: LiveEvent[];
  fences: Map<string, Fence>;
  endedDocuments: Set<string>;
  ended: boolean;
  expiresAtMs: number;
}

/** The live log of a single process: the same rules as in Redis, gone with the process. */
export function createInProcessLive(): LiveLog {
  return new InProcessLive();
}

class InProcessLive implements LiveLog {
  private readonly logs = new Map<string, ChannelLog>();
  private readonly watchers = new Map<string, Set<() => void>>();

  async appendFacts(channel: string, facts: readonly NumberedFact[]): Promise<FactsAppended> {
    const log = this.open(channel);
    return { ...this.admit(channel, log, facts), epoch: log.epoch, seq: log.seq };
  }

  async rebuild(channel: string, facts: readonly NumberedFact[]): Promise<LogPosition> {
    const log = newLog();
    if (this.admit(channel, log, facts).status === 'gap') {
      throw new Error(`the facts of ${channel} must follow on each other from 1`);
    }
    this.logs.set(channel, log);
    this.wake(channel);
    return { epoch: log.epoch, seq: log.seq };
  }

  async appendSection(channel: string, body: SectionBody, expectEpoch: string | null): Promise<SectionAppended> {
    const log = this.open(channel);
    const { document_id, section_id, attempt } = body;
    const key = fenceKey(document_id, section_id);
    const fence = log.fences.get(key);
    if (expectEpoch !== null && expectEpoch !== log.epoch) return { status: 'epoch', epoch: log.epoch };
    if (log.ended || log.endedDocuments.has(document_id)) return { status: 'fenced' };
    if (fence && (attempt < fence.attempt || fence.state === 'final')) return { status: 'fenced' };
    const current = fence?.attempt === attempt ? fence : undefined;
    if (current && !current.writing) return { status: 'fenced' };

    if (body.type === 'section_started') {
      if (current) return { status: 'ok', epoch: log.epoch, seq: log.seq };
      log.fences.set(key, { attempt, state: 'open', writing: { document_id, section_id, attempt, content: '' } });
    } else {
      if (!current?.writing) return { status: 'epoch', epoch: log.epoch };
      const { writing } = current;
      if (body.offset !== writing.content.length) return { status: 'offset', expected: writing.content.length };
      writing.content += body.content;
    }
    this.add(channel, log, new Date().toISOString(), body);
    this.wake(channel);
    return { status: 'ok', epoch: log.epoch, seq: log.seq };
  }

  async read(channel: string, position: ReadPosition): Promise<LogPage> {
    const log = this.open(channel);
    const { epoch, seq } = log;
    const firstSeq = seq - log.events.length + 1;
    const isPosition = position.epoch !== undefined || position.after > 0;
    const reset =
      (position.epoch !== undefined && position.epoch !== epoch) ||
      position.after > seq ||
      (isPosition && position.after < firstSeq - 1);
    const after = reset ? firstSeq - 1 : Math.max(position.after, firstSeq - 1);
    const from = after - firstSeq + 1;
    const events: LiveEvent[] = [];
    let room = position.bytes ?? Number.POSITIVE_INFINITY;
    for (const event of log.events.slice(from, from + position.limit)) {
      if (room <= 0) break;
      if ('content' in event) room -= Buffer.byteLength(event.content);
      events.push(structuredClone(event));
    }
    return { epoch, seq, firstSeq, reset, events };
  }

  async snapshot(channel: string): Promise<LogSnapshot> {
    const { epoch, seq, fact, fences } = this.open(channel);
    const writing = [...fences.values()].flatMap((fence) => (fence.writing ? [{ ...fence.writing }] : []));
    return { epoch, seq, fact, writing };
  }

  async watch(channel: string, onChange: () => void): Promise<() => void> {
    // Watching twice with one function must end twice too.
    const watcher = () => onChange();
    const watchers = this.watchers.get(channel) ?? new Set();
    this.watchers.set(channel, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.watchers.get(channel) === watchers) this.watchers.delete(channel);
    };
  }

  async expire(channel: string, seconds: number): Promise<void> {
    const log = this.logs.get(channel);
    if (log) log.expiresAtMs = Date.now() + seconds * 1_000;
    if (seconds === 0) {
      this.logs.delete(channel);
      this.wake(channel);
    }
  }

  async health(): Promise<void> {}

  async close(): Promise<void> {
    this.watchers.clear();
    this.logs.clear();
  }

  private admit(
    channel: string,
    log: ChannelLog,
    facts: readonly NumberedFact[],
  ): Pick<FactsAppended, 'status' | 'lastFact'> {
    let reach = log.fact;
    for (const { n } of facts) {
      if (n > reach + 1) return { status: 'gap', lastFact: log.fact };
      reach = Math.max(reach, n);
    }
    for (const { n, at, body } of facts) {
      if (n !== log.fact + 1) continue;
      log.fact = n;
      this.settle(log, settlementOf(body));
      this.add(channel, log, at, body);
    }
    if (facts.length > 0) this.wake(channel);
    return { status: 'ok', lastFact: log.fact };
  }

  private settle(log: ChannelLog, settlement: ReturnType<typeof settlementOf>): void {
    if (!settlement) return;
    if (settlement.kind === 'run' || settlement.kind === 'document') {
      if (settlement.kind === 'run') log.ended = true;
      else log.endedDocuments.add(settlement.key);
      for (const fence of log.fences.values()) {
        if (settlement.kind === 'run' || fence.writing?.document_id === settlement.key) fence.writing = null;
      }
      return;
    }
    const current = log.fences.get(settlement.key);
    const attempt = Math.max(settlement.attempt, current?.attempt ?? 0);
    if (settlement.kind === 'final') log.fences.set(settlement.key, { attempt, state: 'final', writing: null });
    else if (current?.state !== 'final' && (settlement.attempt === 0 || settlement.attempt === attempt)) {
      log.fences.set(settlement.key, { attempt, state: 'yielded', writing: null });
    }
  }

  private add(channel: string, log: ChannelLog, ts: string, body: NumberedFact['body']): void {
    const { type, ...rest } = structuredClone(body);
    log.seq += 1;
    log.events.push({ v: 1, channel, epoch: log.epoch, seq: log.seq, type, ts, ...rest } as LiveEvent);
    const keep = entriesKept(channel);
    if (keep !== null && log.events.length > keep) log.events.splice(0, log.events.length - keep);
    log.expiresAtMs = Date.now() + (log.ended ? RETENTION.endedMs : RETENTION.idleMs);
  }

  private open(channel: string): ChannelLog {
    const existing = this.logs.get(channel);
    const now = Date.now();
    if (existing && existing.expiresAtMs > now) return existing;
    for (const [name, { expiresAtMs }] of this.logs) if (expiresAtMs <= now) this.logs.delete(name);
    const log = newLog();
    this.logs.set(channel, log);
    return log;
  }

  /** After the caller's turn, as a message from elsewhere would come. */
  private wake(channel: string): void {
    const watchers = this.watchers.get(channel);
    if (!watchers) return;
    setImmediate(() => {
      for (const watcher of [...watchers]) watcher();
    });
  }
}

function newLog(): ChannelLog {
  const epoch = randomBytes(9).toString('base64url');
  const empty = { events: [], fences: new Map(), endedDocuments: new Set<string>() };
  return { epoch, seq: 0, fact: 0, ...empty, ended: false, expiresAtMs: Date.now() + RETENTION.idleMs };
}
