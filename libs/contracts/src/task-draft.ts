import { z } from 'zod';
import { isStorable } from './rest/text.js';

export const taskType = z.enum(['feature', 'enabler', 'bug', 'chore', 'spike']);
export const taskPriority = z.enum(['low', 'medium', 'high', 'urgent']);

/** In JSON an escape stands for what no provider's text is let through with: it would come up in the parsed strings. */
const words = (min: number, max: number) =>
  z.string().min(min).max(max).refine(isStorable, 'must not contain NUL characters or lone surrogates');

/**
 * A task as a model writes it. What a person owns (key, status, rank, edited fields) is not in this schema, so a model
 * can't set it. `ref` names the task inside this list only; `dependencies` are refs.
 */
export const taskDraft = z.strictObject({
  ref: words(1, 40),
  title: words(3, 200),
  description: words(1, 8000),
  acceptance_criteria: z.array(words(1, 1000)).min(1).max(20),
  type: taskType,
  priority: taskPriority,
  /** Story points. */
  estimate: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(5), z.literal(8), z.literal(13)]),
  labels: z.array(words(1, 40)).max(10),
  dependencies: z.array(words(1, 40)).max(30),
  /** Requirement ids of the PRD (`FR-1`, `NFR-2`) this task serves; empty for an enabler. */
  requirements: z.array(words(1, 20)).max(20),
});
export type TaskDraft = z.infer<typeof taskDraft>;

/** What a task-list section must parse as. */
export const taskDraftList = z.strictObject({ tasks: z.array(taskDraft).min(1).max(60) });
export type TaskDraftList = z.infer<typeof taskDraftList>;

/** The result of reading a task list: the tasks, or one sentence saying what is wrong with it. */
export type ParsedTasks = { ok: true; tasks: TaskDraft[] } | { ok: false; detail: string };

/** Reads a model's task list: JSON, schema, unique refs, known and acyclic dependencies. Truncated JSON is an error. */
export function parseTaskDrafts(text: string): ParsedTasks {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, detail: `the task list is not JSON (${(error as Error).message})` };
  }
  const parsed = taskDraftList.safeParse(value);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    return { ok: false, detail: `the task list breaks its schema at /${first?.path.join('/')}: ${first?.message}` };
  }
  const { tasks } = parsed.data;
  const refs = new Set(tasks.map((task) => task.ref));
  if (refs.size !== tasks.length) return { ok: false, detail: 'two tasks have the same ref' };
  for (const task of tasks) {
    const unknown = task.dependencies.find((ref) => !refs.has(ref));
    if (unknown !== undefined)
      return { ok: false, detail: `task ${task.ref} depends on ${unknown}, which is not in the list` };
  }
  const cycle = findCycle(new Map(tasks.map((task) => [task.ref, task.dependencies])));
  if (cycle) return { ok: false, detail: `the dependencies form a cycle: ${cycle.join(' → ')}` };
  return { ok: true, tasks };
}

/** The first cycle of a graph as a path that ends where it began, or null. */
export function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] | null => {
    if (done.has(node)) return null;
    const at = path.indexOf(node);
    if (at >= 0) return [...path.slice(at), node];
    path.push(node);
    for (const next of edges.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(node);
    return null;
  };
  for (const node of edges.keys()) {
    const cycle = visit(node);
    if (cycle) return cycle;
  }
  return null;
}
