import type {
  Failure,
  FailureCode,
  GenerateRequest,
  Provider,
  ProviderCall,
  TextWarning,
  Usage,
} from '@planwright/contracts';
import { addUsage, ProviderFailure, writesLanguage } from '@planwright/contracts';
import type { Choice } from '@planwright/llm';
import { findProvider, roomToThink } from '@planwright/llm';
import type { TextCheck } from '../provider-call/check-text.js';
import type { CallOutcome } from '../provider-call/call-provider.js';
import { callProvider } from '../provider-call/call-provider.js';
import type { CallLimits } from '../provider-call/watchdog.js';
import { refusalOf } from '../reservations/refusals.js';
import type { Reservations } from '../reservations/reservations.js';
import type { StepGenerate } from './step-facts.js';

/** What became of a step: one call, several where others were called in its place, or none. */
export type StepOutcome = { calls: readonly ProviderCall[]; usage: Usage | null } & (
  | { kind: 'result'; content: string; provider: string; model: string; warnings: readonly TextWarning[] }
  | { kind: 'failed'; failure: Failure; draft: string | null }
  | { kind: 'stopped'; draft: string | null }
  /** It waits for its turn, or for the provider: nothing of it is held here. */
  | { kind: 'delayed'; waitMs: number; reason: string; position: number }
);
type Ending =
  Extract<StepOutcome, unknown> extends infer T ? (T extends unknown ? Omit<T, 'calls' | 'usage'> : never) : never;

export interface CallsToMake {
  command: StepGenerate;
  request: GenerateRequest;
  /** The model asked for, then those to call in its place. */
  chain: readonly Choice[];
  providers: ReadonlyMap<string, Provider>;
  reservations: Reservations;
  limits: Omit<CallLimits, 'totalMs'>;
  signal: AbortSignal;
  /** The first call is about to be made. */
  onGranted(): Promise<void>;
  onText(text: string): void;
  log: { error(fields: object, message: string): void };
}

/** A provider that fails so may be replaced by another one. What concerns the request would fail there as well. */
const REPLACEABLE: ReadonlySet<string> = new Set<FailureCode>([
  'overloaded',
  'server_error',
  'timeout',
  'connection',
  'auth',
  'billing',
]);
/** Of these, what goes on only when somebody has done something about it. */
const FOR_PEOPLE: ReadonlySet<FailureCode> = new Set(['auth', 'billing']);
/** Nobody waits this long for a limit while another model could write. */
const LONG_WAIT_MS = 60_000;
/** With less of the section's time left nobody else is called: it could only time out. */
const MIN_CALL_MS = 5_000;

/**
 * Calls the model asked for, and the next of its chain where it could not begin; each at most once, each under a
 * reservation of its own. From the first word on nobody else is called. Throws only what
 * `onGranted` throws: then no call was made, and nothing is held for it.
 */
export async function makeCalls(parts: CallsToMake): Promise<StepOutcome> {
  const { command, request, chain, reservations, signal } = parts;
  const calls: ProviderCall[] = [];
  const startedAt = performance.now();
  const endings: Ending[] = [];
  const leftMs = () => command.payload.timeout_ms - (performance.now() - startedAt);
  for (const [i, choice] of chain.entries()) {
    const ending = await one(choice, i + 1);
    endings.push(ending);
    if (!isReplaceable(ending) || leftMs() < MIN_CALL_MS) break;
  }
  const told = toldOf(endings);
  if (told.kind !== 'delayed' && endings.some(({ kind }) => kind === 'delayed')) {
    await reservations.leave(command.payload.step_id);
  }
  return { ...told, calls, usage: addUsage(calls.map(({ usage }) => usage)) };

  async function one(choice: Choice, ordinal: number): Promise<Ending> {
    const provider = find(parts.providers, choice.provider);
    if ('failure' in provider) return { kind: 'failed', failure: provider.failure, draft: null };
    const maxOutputTokens = request.maxOutputTokens + roomToThink(choice.provider, choice.model);
    const call = { ...request, model: choice.model, maxOutputTokens };
    const reserved = await reservations.reserve(command, { choice, ordinal }, call, signal);
    if (reserved.kind === 'stopped') return { kind: 'stopped', draft: null };
    if (reserved.kind === 'wait') return { ...reserved, kind: 'delayed' };
    if (reserved.kind !== 'granted') return { kind: 'failed', failure: refusalOf(reserved, call), draft: null };
    const { reservation } = reserved;
    try {
      await parts.onGranted();
    } catch (error) {
      await reservations.giveBack(reservation);
      throw error;
    }
    const outcome = await callProvider({
      provider,
      request: call,
      limits: { ...parts.limits, totalMs: Math.max(1, Math.round(leftMs())) },
      check: checkOf(command, choice),
      signal,
      onAccepted: (limits) => void reservations.observe(reservation, limits),
      onText: parts.onText,
      log: parts.log,
    });
    calls.push(await reservations.settle(reservation, outcome));
    return endingOf(outcome, choice);
  }
}

/** What a text of this model is held against; who writes one language whatever is asked is not judged by it. */
function checkOf({ payload: { lint } }: StepGenerate, { provider }: Choice): TextCheck | null {
  if (!lint) return null;
  return { otherTitles: lint.other_titles, language: writesLanguage(provider) === null ? lint.language : 'unknown' };
}

function endingOf(outcome: CallOutcome, choice: Choice): Ending {
  switch (outcome.kind) {
    case 'result':
      return {
        kind: 'result',
        content: outcome.content,
        provider: choice.provider,
        model: outcome.model,
        warnings: outcome.warnings,
      };
    case 'failed':
      return { kind: 'failed', failure: outcome.failure, draft: outcome.draft };
    case 'stopped':
      return { kind: 'stopped', draft: outcome.draft };
  }
}

function isReplaceable(ending: Ending): boolean {
  if (ending.kind === 'delayed') return REPLACEABLE.has(ending.reason) || ending.waitMs > LONG_WAIT_MS;
  if (ending.kind !== 'failed' || ending.draft !== null) return false;
  const { code, resets_at } = ending.failure;
  if (code === 'rate_limited') return resets_at !== null && Date.parse(resets_at) - Date.now() > LONG_WAIT_MS;
  return REPLACEABLE.has(code);
}

/**
 * Of what became of each model of a chain, what the engine is told: what the last one wrote or was stopped at, else what
 * the first one said. Where that one waits for a person and another one only for its turn, the turn is waited for.
 */
function toldOf(endings: readonly Ending[]): Ending {
  const [first, last] = [endings[0], endings.at(-1)];
  if (!first || !last) return { kind: 'stopped', draft: null };
  if (last.kind === 'result' || last.kind === 'stopped' || (last.kind === 'failed' && last.draft !== null)) return last;
  const isForPeople = first.kind === 'failed' && FOR_PEOPLE.has(first.failure.code);
  return (isForPeople && endings.find(({ kind }) => kind === 'delayed')) || first;
}

function find(providers: ReadonlyMap<string, Provider>, name: string): Provider | { failure: Failure } {
  try {
    return findProvider(providers, name);
  } catch (error) {
    if (error instanceof ProviderFailure) return { failure: error.failure };
    throw error;
  }
}
