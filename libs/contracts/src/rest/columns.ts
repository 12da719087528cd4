import { z } from 'zod';
import { uuid } from '../ids.js';
import { text } from './text.js';

/** What lying in a column means: still free for the generator, or begun, or finished. */
export const columnCategory = z.enum(['todo', 'started', 'done']);
export type ColumnCategory = z.infer<typeof columnCategory>;

export const columnKey = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower case letters, digits and _, beginning with a letter, at most 40');

export const column = z.strictObject({
  /** A card's `status`. */
  key: columnKey,
  title: text(1, 60),
  category: columnCategory,
});
export type Column = z.infer<typeof column>;

/** Whose columns: the workspace's hold for all projects that have none of their own. */
export const columnScope = z.enum(['workspace', 'project']);
export type ColumnScope = z.infer<typeof columnScope>;

export const MOST_COLUMNS = 20;

/** All columns of a board, in order. */
const columnsBody = z.strictObject({
  scope: columnScope.default('project'),
  /** Null, for a project: it takes the workspace's again. */
  columns: z
    .array(column)
    .min(1, 'must have at least 1 column')
    .max(MOST_COLUMNS, `must have at most ${MOST_COLUMNS} columns`)
    .superRefine((columns, context) => {
      columns.forEach(({ key }, i) => {
        if (columns.findIndex((other) => other.key === key) === i) return;
        context.addIssue({ code: 'custom', path: [i, 'key'], message: `names ${key} a second time` });
      });
      if (columns.some(({ category }) => category === 'todo')) return;
      context.addIssue({ code: 'custom', message: 'must have a column of category todo: new cards begin there' });
    })
    .nullable(),
});
export const replaceColumns = columnsBody.refine(({ scope, columns }) => scope === 'project' || columns !== null, {
  path: ['columns'],
  error: 'must be a list: a workspace always has columns',
});
export type ReplaceColumns = z.infer<typeof replaceColumns>;
export type ReplaceColumnsRequest = z.input<typeof replaceColumns>;

export const columnsResource = z.object({
  project_id: uuid,
  /** Whose these are. */
  scope: columnScope,
  columns: z.array(column),
});
export type ColumnsResource = z.infer<typeof columnsResource>;
