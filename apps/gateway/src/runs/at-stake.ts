import type { RunEstimate } from '@planwright/contracts';
import type { NewRun, Tx } from '@planwright/persistence';
import type { Affected } from '@planwright/plan';

/** What a run changes beside the texts it writes. */
export interface AtStake {
  affected: Affected;
  cards: RunEstimate['cards'];
}

export async function atStake(tx: Tx, run: NewRun, affected: Affected): Promise<AtStake> {
  const writesTasks = run.documents.some(({ blueprint, steps }) =>
    blueprint.sections.some(({ id, output }) => output === 'tasks' && steps.some(({ sectionId }) => sectionId === id)),
  );
  if (!writesTasks) return { affected, cards: null };
  const { updated, suggested, kept } = await tx.tasks.previewTaskSet(run.projectId, null, null);
  return { affected, cards: { may_change: updated, kept: suggested, untouched: kept } };
}
