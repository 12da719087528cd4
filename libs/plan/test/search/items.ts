/**
 * What the world around a run consists of, in numbers: every message, worker and mark is one item, and belongs to one
 * step under one attempt. Items are small, so that millions of states fit into memory and compare quickly.
 */
export const Kind = {
  /** `step.generate`, on its way to a generator for the first time, or once more after its receiver was lost. */
  command: 1,
  redelivered: 2,
  /** The broadcast that stops an attempt, where nobody remembers it. */
  stop: 3,
  // Facts of generators, on their way to the engine.
  started: 4,
  streaming: 5,
  generated: 6,
  cancelled: 7,
  delayed: 8,
  lost: 9,
  failedRetryable: 10,
  failedRateLimited: 11,
  failedMalformed: 12,
  failedFatal: 13,
  failedTimeout: 14,
  // Events that are no messages here: they happen to the run or step itself.
  due: 15,
  start: 16,
  cancel: 17,
  check: 18,
  // Generators at work: during the call, after its first content, and with its end told but the command not acknowledged.
  calling: 20,
  writing: 21,
  told: 22,
  /** Not heard of, its command given to others; `thawed` goes on with the call. */
  frozen: 23,
  thawed: 24,
  // What the presence store remembers of an attempt.
  begun: 30,
  settled: 31,
  stopped: 32,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Steps are numbered in chain order, at most 8; attempts go to 31. */
export function item(kind: Kind, step: number, attempt: number): number {
  if (step > 7 || attempt > 31) throw new Error(`step ${step}, attempt ${attempt} is beyond the size of the search`);
  return (kind << 8) | (step << 5) | attempt;
}

export const kindOf = (code: number) => (code >> 8) as Kind;
export const stepOf = (code: number) => (code >> 5) & 7;
export const attemptOf = (code: number) => code & 31;
/** Step and attempt together: equal for everything under one fence. */
export const fenceOf = (code: number) => code & 255;
/** The same fence, another kind. */
export const as = (kind: Kind, code: number) => (kind << 8) | fenceOf(code);

export const isCommand = (code: number) => code < 3 << 8;
export const isMessage = (code: number) => code < 15 << 8;
export const isFact = (code: number) => isMessage(code) && code >= 4 << 8;
export const isWorker = (code: number) => code >= 20 << 8 && code < 30 << 8;
export const isMark = (code: number) => code >= 30 << 8;
/** A worker whose lease is renewed. */
export const isAlive = (code: number) => isWorker(code) && kindOf(code) !== Kind.frozen;
/** A worker in its call, which a broadcast reaches. */
export const isListening = (code: number) => isAlive(code) && kindOf(code) !== Kind.told;
/** A worker that has its command still to acknowledge: it takes a slot. */
export const isConnected = (code: number) => code >= 20 << 8 && code < 23 << 8;

export function without(items: readonly number[], code: number): number[] {
  const at = items.indexOf(code);
  return at < 0 ? [...items] : [...items.slice(0, at), ...items.slice(at + 1)];
}

/** A state of the whole: the run (by number), which of its queued steps were handed out, everything around it. */
export interface System {
  readonly run: number;
  /** Bit i: the i-th step's present attempt has been admitted. */
  readonly admitted: number;
  /** Faults that may still happen. */
  readonly faults: number;
  /** In ascending order; the same one may be there several times. */
  readonly items: readonly number[];
}

export function keyOf({ run, admitted, faults, items }: System): string {
  return String.fromCharCode(run & 0xffff, run >> 16, (faults << 8) | admitted, ...items);
}

export function runOf(key: string): number {
  return key.charCodeAt(0) | (key.charCodeAt(1) << 16);
}

export function systemOf(key: string): System {
  const run = runOf(key);
  const [admitted, faults] = [key.charCodeAt(2) & 255, key.charCodeAt(2) >> 8];
  return { run, admitted, faults, items: Array.from({ length: key.length - 3 }, (_, i) => key.charCodeAt(i + 3)) };
}
