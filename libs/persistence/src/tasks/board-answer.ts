import type { TaskField, TaskResource } from '@planwright/contracts';
import type { ChangeType } from './board.js';

/** Why a change of the board is not made. Nothing of it is stored then. */
export type BoardRefusal =
  /** No such project or card of this workspace; a card that is off the board can only be restored. */
  | { kind: 'not_found' }
  /** The card is not in the state the caller has seen. */
  | { kind: 'changed'; current: TaskResource }
  /** It has `most` cards. */
  | { kind: 'full'; most: number }
  | { kind: 'unknown_column'; columns: string[] }
  /** Cards that are not there, by place in the list; `key` where there is one that is off the board. */
  | { kind: 'unknown_dependency'; unknown: { index: number; id: string; key: string | null }[] }
  /** Keys of the cards along the circle, the first and the last one the same; `index`: in the list that was asked for. */
  | { kind: 'circle'; path: string[]; index: number }
  | { kind: 'not_in_column'; field: 'before' | 'after' }
  | { kind: 'wrong_order' }
  | { kind: 'nothing_suggested'; fields: readonly TaskField[] };

/** What followers of the board are told of one card. */
export interface BoardChange {
  type: ChangeType;
  task: TaskResource;
}

export type BoardAnswer =
  /** The card as it is now, and what changed, in order; nothing where it was so already. */
  { ok: true; projectId: string; task: TaskResource; changes: BoardChange[] } | { ok: false; refusal: BoardRefusal };

export const refused = (refusal: BoardRefusal): BoardAnswer => ({ ok: false, refusal });
