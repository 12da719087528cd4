import type { AnyMessage } from '@planwright/contracts';
import type { LockedRun, StepResult } from '@planwright/persistence';
import { decideAll } from '@planwright/plan';
import type { Effect, RunEvent, RunState } from '@planwright/plan';

/** One thing that happened to a run, with the message that told of it (null for the due-scanner and the sweeper). */
export interface Happening {
  runId: string;
  event: RunEvent;
  result?: StepResult | undefined;
  message: AnyMessage | null;
}

/** What one happening leads to. */
export interface Turn {
  happening: Happening;
  effects: readonly Effect[];
  /** The effects without those that change nothing. */
  changes: readonly Effect[];
  /** After it. */
  state: RunState;
}

/**
 * What things that happened to a locked run lead to, one after the other; null for a message that was handled before, or
 * comes twice.
 */
export function takeTurns(run: LockedRun, happenings: readonly Happening[]): (Turn | null)[] {
  const handled = new Set(run.handled);
  let { state } = run;
  return happenings.map((happening) => {
    const { message, event } = happening;
    if (message && handled.has(message.id)) return null;
    if (message) handled.add(message.id);
    const decided = decide(run, state, event);
    ({ state } = decided);
    return { happening, ...decided, changes: decided.effects.filter(({ type }) => type !== 'ignored') };
  });
}

/**
 * What the event leads to. A wish to stop that is stored comes first, whatever its message does: from the instant a
 * person asked, nothing is begun any more.
 */
function decide(
  { cancelRequestedAt }: LockedRun,
  state: RunState,
  event: RunEvent,
): { effects: readonly Effect[]; state: RunState } {
  if (cancelRequestedAt === null || state.cancelRequested || event.type === 'cancel_requested') {
    return decideAll(state, event);
  }
  const stopped = decideAll(state, { type: 'cancel_requested', at: event.at });
  const decided = decideAll(stopped.state, event);
  return { effects: [...stopped.effects, ...decided.effects], state: decided.state };
}
