import type { FeatureEventBody } from '@planwright/contracts';
import type { LockedRun, Tx, WrittenFeature } from '@planwright/persistence';
import { featureChanges } from '@planwright/plan';
import type { FeatureChange } from '@planwright/plan';
import { outgoing } from './outgoing.js';
import type { OutgoingMessage } from './outgoing.js';
import { storeCards } from './store-cards.js';
import type { StoredCards } from './store-cards.js';
import type { Turn } from './take-turns.js';

/** What a turn means for the feature its run writes. */
export interface FeatureNews {
  /** What its task lists did to the board. */
  cards: StoredCards[];
  /** What followers of the project's features learn, in order. */
  events: FeatureEventBody[];
  /** Writes it on the feature's row; to be called last, as the project's row is locked first. */
  settle(): Promise<void>;
}

const NO_NEWS: FeatureNews = { cards: [], events: [], settle: async () => undefined };

/** Puts the cards of a finished task list on the board, and says what else is to be told and written. */
export async function featureNews(tx: Tx, run: LockedRun, { state, changes }: Turn): Promise<FeatureNews> {
  const becomes = featureChanges(state, changes);
  const feature = becomes.length > 0 ? await tx.features.ofRun(run.runId) : null;
  if (!feature) return NO_NEWS;
  const cards: StoredCards[] = [];
  for (const change of becomes) {
    if (change.type === 'feature_tasks_ended') cards.push(await storeCards(tx, run, change));
  }
  const taskCount = cards.reduce((sum, { count }) => sum + count, 0);
  return {
    cards,
    events: becomes.flatMap((change) => eventOf(change, run, feature, taskCount) ?? []),
    settle: async () => {
      for (const change of becomes) await settle(tx, feature, change, taskCount);
    },
  };
}

function eventOf(
  change: FeatureChange,
  { runId: run_id, projectId: project_id }: LockedRun,
  { id: feature_id, description }: WrittenFeature,
  taskCount: number,
): FeatureEventBody | null {
  switch (change.type) {
    case 'feature_progressed':
      return { type: 'feature.progress', run_id, feature_id, message: change.message };
    case 'feature_completed': {
      const message = `Feature created! ${taskCount} ${taskCount === 1 ? 'task' : 'tasks'} added to your board`;
      return { type: 'feature.generated', run_id, feature_id, task_count: taskCount, message, project_id };
    }
    case 'feature_failed':
      return { type: 'feature.generation.failed', run_id, feature_id, error: change.error, description, project_id };
    default:
      return null;
  }
}

async function settle(tx: Tx, { id }: WrittenFeature, change: FeatureChange, taskCount: number): Promise<void> {
  switch (change.type) {
    case 'feature_began':
      return tx.features.begin(id, change.at);
    case 'feature_spec_ended':
      return tx.features.showSpec(id, change.documentId);
    case 'feature_completed':
      return tx.features.complete(id, taskCount, change.at);
    case 'feature_failed':
      return tx.features.fail(id, change.error, change.at);
    default:
      return undefined;
  }
}

/** The message that tells of event `n` of a project's features. */
export function featureFact(projectId: string, n: number, body: FeatureEventBody): OutgoingMessage {
  const numbered = { project_id: projectId, n };
  const { type, run_id: _, ...fields } = body;
  return outgoing(type, { ...numbered, ...fields });
}
