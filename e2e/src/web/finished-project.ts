import { createClient } from '@planwright/client';
import { IDEA, startRun, untilEnded } from '../driver.js';
import { askFeature, untilFeature } from '../features.js';

/** A project with something on every screen, and one beside it that has not begun. */
export interface FinishedProject {
  id: string;
  name: string;
  emptyId: string;
  prdId: string;
  /** Of the PRD: the first one, and the one with a section written anew. */
  versions: readonly [string, string];
}

/** Makes it: a plan in three documents, another version of one section, and a feature. */
export async function finishProject(url: string): Promise<FinishedProject> {
  const { client, projectId, run } = await startRun({ url }, { mode: 'draft' });
  const ended = await untilEnded(client, run.id, 60_000);
  const first = ended.documents.find(({ kind }) => kind === 'prd');
  if (ended.status !== 'succeeded' || !first) throw new Error(`the run has ${ended.status}`);
  const { sections } = await client.versions.get(first.version_id);
  const again = await client.sections.regenerate(first.id, sections[1]?.id ?? '', {
    custom_instructions: 'Name numbers.',
  });
  await untilEnded(client, again.run_id, 60_000);
  const feature = await askFeature(url, projectId, 'Members swap slots with each other without asking the caretaker.');
  await untilFeature(url, feature.body.feature_id, 'completed');
  const { active_version: active } = await client.documents.get(first.id);
  const empty = await createClient({ url }).projects.create(IDEA);
  return {
    ...{ id: projectId, name: IDEA.name, emptyId: empty.id, prdId: first.id },
    versions: [first.version_id, active?.id ?? ''],
  };
}
