import type { LiveLog, NumberedFact } from './live-log.js';

/** Reads stored facts in order: those after number `afterN`, at most `limit`. */
export type ReadFacts = (afterN: number, limit: number) => Promise<readonly NumberedFact[]>;

const PAGE = 200;
/** A log that is lost again and again while it is filled is left to the next who asks. */
const MAX_RESTARTS = 5;

/**
 * Brings a channel's log up to date from the stored facts and answers the number of its newest one. Anybody may do it at
 * any time, also several at once: the log admits each fact once. Rejects where the log or the facts can't be reached.
 */
export async function fillFacts(
  log: Pick<LiveLog, 'appendFacts'>,
  channel: string,
  readFacts: ReadFacts,
): Promise<number> {
  let { lastFact } = await log.appendFacts(channel, []);
  for (let restarts = 0; restarts <= MAX_RESTARTS;) {
    const facts = await readFacts(lastFact, PAGE);
    if (facts.length === 0) return lastFact;
    const appended = await log.appendFacts(channel, facts);
    ({ lastFact } = appended);
    if (appended.status === 'gap') restarts += 1;
    else if (facts.length < PAGE) return lastFact;
  }
  return lastFact;
}
