import type { ChunkBody, LiveEvent, LiveEventBody, RunEventBody } from '@planwright/contracts';

/** A committed fact as stored: `n` is gapless per run (or per project) from 1. */
export interface NumberedFact {
  n: number;
  /** ISO 8601, UTC. */
  at: string;
  body: LiveEventBody;
}

/** What the generator writes: everything else in a log is a fact. */
export type SectionBody = Extract<RunEventBody, { type: 'section_started' }> | ChunkBody;

/** A place in a channel's log; a number alone says nothing once the log was lost. */
export interface LogPosition {
  epoch: string;
  seq: number;
}

export interface FactsAppended extends LogPosition {
  /** `gap`: the facts don't follow on `lastFact`, so nothing was appended. */
  status: 'ok' | 'gap';
  /** Newest fact in the log. */
  lastFact: number;
}

export type SectionAppended =
  | ({ status: 'ok' } & LogPosition)
  /** A newer attempt writes this section, or this one is settled, or its document or run ended: stop. */
  | { status: 'fenced' }
  /** The log is another one than expected, or has not heard of this attempt: begin again with `section_started`. */
  | { status: 'epoch'; epoch: string }
  /** The text in the log ends elsewhere: go on from `expected` (UTF-16 units). */
  | { status: 'offset'; expected: number };

export interface ReadPosition {
  epoch?: string;
  after: number;
  /** At most so many events. */
  limit: number;
  /** None after the one with which their texts have this many bytes, about; default any. */
  bytes?: number;
}

export interface LogPage extends LogPosition {
  /** Oldest number still in the log; 1 unless it was trimmed. */
  firstSeq: number;
  /** True where the position asked for is not of this log: the events then start at `firstSeq`. */
  reset: boolean;
  events: LiveEvent[];
}

/** Text so far of one section that is being written. */
export interface WritingText {
  document_id: string;
  section_id: string;
  attempt: number;
  content: string;
}

export interface LogSnapshot extends LogPosition {
  /** Newest fact in the log. */
  fact: number;
  writing: WritingText[];
}

/**
 * One ordered log per channel: a cache of what followers see. Numbers are gapless from 1; the epoch is random and
 * changes when the log was lost, and when what is left may be an older state of it: no number means two things within an
 * epoch. Whatever is called on a channel without a log begins an empty one.
 *
 * Facts are admitted one after the other: number last + 1, older ones are skipped, anything else is a gap. Text is
 * fenced per section: a newer attempt takes over, a fact that settles an attempt closes it, and so do the ends of the
 * document and the run. Every call either changes the log completely or not at all.
 *
 * A log ends by itself 24 h after its run's end, or 48 h after the last thing appended; project logs keep their newest
 * 10,000 entries. Calls reject quickly when the store can't be reached; whoever calls decides what that means.
 */
export interface LiveLog {
  /** Idempotent: facts the log has are skipped. With no facts it only answers where the log stands. */
  appendFacts(channel: string, facts: readonly NumberedFact[]): Promise<FactsAppended>;
  /**
   * One piece of an attempt's text, or its beginning. `expectEpoch` is the epoch the attempt was begun under, null to
   * take whichever there is. Beginning an attempt that is under way changes nothing.
   */
  appendSection(channel: string, body: SectionBody, expectEpoch: string | null): Promise<SectionAppended>;
  /** The events after a position, read at one instant. Without `epoch`, `after` is taken as it is. */
  read(channel: string, position: ReadPosition): Promise<LogPage>;
  /** Position and texts of sections being written, read at one instant. */
  snapshot(channel: string): Promise<LogSnapshot>;
  /**
   * Calls back when there may be something new; read then. Wake-ups may come for nothing, and one that is lost is made
   * up for within a second. Ends with the function it answers.
   */
  watch(channel: string, onChange: () => void): Promise<() => void>;
  /** Replaces the log by a new one (new epoch) that holds these facts, which start at 1. */
  rebuild(channel: string, facts: readonly NumberedFact[]): Promise<LogPosition>;
  /** Lets the log end in this time; 0 ends it now. */
  expire(channel: string, seconds: number): Promise<void>;
  /** Rejects while the store can't be reached. */
  health(): Promise<void>;
  close(): Promise<void>;
}

/** How long logs are kept, in milliseconds, and how many entries project channels keep. */
export const RETENTION = { endedMs: 24 * 3_600_000, idleMs: 48 * 3_600_000, projectEntries: 10_000 } as const;

/** Entries a channel keeps; null keeps all, as followers of a run may start at its beginning. */
export const entriesKept = (channel: string): number | null =>
  channel.startsWith('project.') ? RETENTION.projectEntries : null;

/** How long a lost wake-up stays unnoticed, in milliseconds. */
export const POLL_MS = 1_000;
