import type { Claim } from '@planwright/presence';

/** What to do with a command: write the section, tell how its attempt ended, or leave it to whoever has it. */
export type Move = 'write' | 'tell_cancelled' | 'tell_lost' | 'leave';

/** What is known about the attempt of a command. */
export interface Standing {
  /** `unknown` while presence is away. */
  claim: Claim | 'unknown';
  redelivered: boolean;
  /** A cancel was faster than the command. */
  isCancelled: boolean;
}

/**
 * A section is written by the first worker alone that gets its command, and only if no other one may have begun: whatever
 * is in doubt ends as lost, and the engine issues the next attempt. So two workers never write under one fence.
 */
export function nextMove({ claim, redelivered, isCancelled }: Standing): Move {
  if (claim === 'settled' || claim === 'held') return 'leave';
  if (claim === 'stopped' || isCancelled) return 'tell_cancelled';
  return claim === 'lapsed' || redelivered ? 'tell_lost' : 'write';
}
