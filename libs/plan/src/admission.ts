/** A step whose command has not been handed to the broker yet. */
export interface WaitingStep {
  readonly stepId: string;
  readonly attempt: number;
  /** What it is counted as, in and out together: a whole number, at least 1. */
  readonly tokens: number;
}

/** A workspace's place in the round, and what it has waiting. */
export interface Turn {
  readonly workspaceId: string;
  /** Place in the round, lowest first. */
  readonly turn: number;
  /** Tokens left over from its turns so far: a whole number, at least 0. */
  readonly deficit: number;
  /** True while its turn was cut short for want of a free slot: it goes on without a new quantum. */
  readonly inTurn: boolean;
  /** Oldest first: all that waits, or the first of it, then at least as many as there is room for. */
  readonly waiting: readonly WaitingStep[];
  /** True if more may wait behind `waiting`. */
  readonly more: boolean;
}

export interface Admission {
  /** In the order in which to hand them out. */
  readonly admitted: readonly (WaitingStep & { readonly workspaceId: string })[];
  /** Every workspace that still has something waiting, in the order of the round; `turn` is new for those that had one. */
  readonly turns: readonly Omit<Turn, 'waiting' | 'more'>[];
  /** Workspaces with nothing waiting any more: their places and deficits are forgotten. */
  readonly emptied: readonly string[];
}

/** About one long section, in and out: a turn admits one of these, or two or three short ones. */
export const ADMISSION_QUANTUM = 4_000;

/**
 * Hands the free slots of one class to workspaces in turn, counted in tokens and not in steps: deficit round robin
 * (M. Shreedhar and G. Varghese, "Efficient Fair Queueing using Deficit Round Robin", SIGCOMM 1995).
 *
 * Whose turn it is gets `quantum` tokens on top of what it has left, and is served from the oldest on while the next step
 * costs no more than that. A step that is dearer waits for the workspace's next turns, and what they add up to; a
 * workspace with nothing left waiting leaves the round and takes nothing with it, so nobody saves up by being idle. A new
 * one joins at the end, with a `turn` above all others and no deficit.
 *
 * While two workspaces have steps waiting all the time, what they were served differs by less than `quantum` and the
 * dearest step together, whether the slots come one by one or all at once: a call that runs out of room goes on where
 * it stopped.
 */
export function admit(turns: readonly Turn[], room: number, quantum: number = ADMISSION_QUANTUM): Admission {
  if (!(quantum > 0)) throw new RangeError(`a quantum of ${quantum} tokens admits nothing`);
  const isEmpty = ({ waiting, more }: Turn) => waiting.length === 0 && !more;
  const emptied = turns.filter(isEmpty).map(({ workspaceId }) => workspaceId);
  const line = turns.filter((turn) => !isEmpty(turn)).toSorted((a, b) => a.turn - b.turn);
  let last = Math.max(0, ...turns.map(({ turn }) => turn));
  const admitted: Admission['admitted'][number][] = [];
  while (admitted.length < room && line.some(({ waiting }) => waiting.length > 0)) {
    const [current] = line.splice(0, 1);
    if (!current) break;
    const turn = serve(current, room - admitted.length, quantum);
    admitted.push(...turn.served.map((step) => ({ ...step, workspaceId: current.workspaceId })));
    if (isEmpty(turn.left)) emptied.push(current.workspaceId);
    else if (turn.left.inTurn) line.unshift(turn.left);
    else line.push({ ...turn.left, turn: ++last });
  }
  return { admitted, turns: line.map(({ waiting: _waiting, more: _more, ...turn }) => turn), emptied };
}

/** One turn, or as much of it as there is room for. */
function serve(turn: Turn, room: number, quantum: number): { served: readonly WaitingStep[]; left: Turn } {
  let deficit = turn.deficit + (turn.inTurn ? 0 : quantum);
  let count = 0;
  for (const { tokens } of turn.waiting) {
    if (count >= room || tokens > deficit) break;
    deficit -= tokens;
    count++;
  }
  const left = { ...turn, deficit, inTurn: count >= room, waiting: turn.waiting.slice(count) };
  return { served: turn.waiting.slice(0, count), left };
}
