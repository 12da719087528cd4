import type { TaskDraft } from '@planwright/contracts';
import { parseTaskDrafts } from '@planwright/contracts';
import { withKnownLinks } from '@planwright/plan';
import type { Tx } from '../tx.js';
import type { BoardChange } from './board-answer.js';
import type { LeftOut } from './merge-on-board.js';

/** A version with task lists. */
export interface TaskSet {
  projectId: string;
  versionId: string;
  /** Its sections that are task lists, in document order. */
  sections: readonly string[];
}

/** What a task set did to the board. */
export interface StoredTaskSet {
  /** Tasks it has. */
  count: number;
  /** In order; whoever stores it tells the board's followers. */
  changes: BoardChange[];
  /** Dependencies that were left out for a person's, as keys. */
  dropped: LeftOut[];
}

/** Lets all task lists of a version meet the board, in the transaction that ends the version or makes it active. */
export async function storeTaskSet(tx: Tx, { projectId, versionId, sections }: TaskSet): Promise<StoredTaskSet> {
  const known = await tx.requirements.inInputsOf(versionId);
  const lists = (await tx.features.taskLists(versionId, sections)).map((text) => {
    const drafts = draftsOf(text, versionId);
    return known ? withKnownLinks(drafts, known) : { drafts, warnings: [] };
  });
  for (const [list, { warnings }] of lists.entries())
    await tx.requirements.warn(versionId, sections[list] ?? '', warnings);
  const drafts = lists.flatMap((one, list) => one.drafts.map((draft) => inList(draft, list)));
  const { changes, dropped } = await tx.tasks.mergeTaskSet(projectId, versionId, drafts);
  return { count: drafts.length, changes, dropped };
}

/**
 * The sections of a version that are task lists, in document order, by what their texts are: the blueprint it was written
 * with may be another one by now, or another installation's.
 */
export async function taskListsIn(tx: Tx, versionId: string): Promise<string[]> {
  const texts = await tx.features.finishedTexts(versionId);
  return texts.filter(({ content }) => parseTaskDrafts(content).ok).map(({ id }) => id);
}

function draftsOf(text: string, versionId: string): TaskDraft[] {
  const parsed = parseTaskDrafts(text);
  if (!parsed.ok) throw new Error(`a task list of version ${versionId} is stored, but ${parsed.detail}`);
  return parsed.tasks;
}

/** A ref means something within its list only. */
function inList(draft: TaskDraft, list: number): TaskDraft {
  const refIn = (ref: string) => `${list} ${ref}`;
  return { ...draft, ref: refIn(draft.ref), dependencies: draft.dependencies.map(refIn) };
}
