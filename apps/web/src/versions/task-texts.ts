import type { DiffSection, Part } from './diff-blocks.js';

interface TaskText {
  title: string;
  /** One line or paragraph each. */
  lines: string[];
}

/** The cards of a task list as a model wrote it; null for any other text. */
function tasksOf(content: string): TaskText[] | null {
  if (!content.trimStart().startsWith('{')) return null;
  try {
    const { tasks } = JSON.parse(content) as { tasks?: unknown };
    return Array.isArray(tasks) ? tasks.map((task) => textOf(task as Record<string, unknown>)) : null;
  } catch {
    return null;
  }
}

/** A section's text as readers get it: a task list as Markdown, anything else as it is. */
export const readableText = (content: string): string =>
  tasksOf(content)
    ?.map(({ title, lines }) => [`#### ${title}`, ...lines].join('\n\n'))
    .join('\n\n') ?? content;

/** Two task lists card by card: cards are the same where their titles are. Null where one of the texts is no task list. */
export function diffTasks(from: string, to: string): DiffSection[] | null {
  const before = tasksOf(from);
  const after = tasksOf(to);
  if (before === null || after === null) return null;
  const kept = after.map((task) =>
    diffOf(
      before.find(({ title }) => title === task.title),
      task,
    ),
  );
  const gone = before.filter(({ title }) => !after.some((task) => task.title === title));
  return [...kept, ...gone.map((task) => diffOf(task, undefined))].map((section, order) => ({
    ...section,
    id: `card-${order}`,
    order,
  }));
}

function diffOf(before: TaskText | undefined, after: TaskText | undefined): Omit<DiffSection, 'id' | 'order'> {
  const title = (after ?? before)?.title ?? '';
  if (!before || !after) {
    const text = (after ?? before)?.lines.join('\n\n') ?? '';
    return after
      ? { title, status: 'added', parts: [{ op: 'insert', text }] }
      : { title, status: 'removed', parts: [{ op: 'delete', text }] };
  }
  const parts = diffLines(before.lines, after.lines);
  const isSame = parts.every(({ op }) => op === 'equal');
  return { title, status: isSame ? 'same' : 'changed', parts: isSame ? [] : parts };
}

/** Lines that both have stay; the others are in one of them alone. */
function diffLines(before: readonly string[], after: readonly string[]): Part[] {
  const parts: Part[] = [];
  const line = (op: Part['op'], text: string) => parts.push({ op, text: `${text}\n\n` });
  let at = 0;
  for (const text of after) {
    const found = before.indexOf(text, at);
    if (found < 0) {
      line('insert', text);
      continue;
    }
    for (const gone of before.slice(at, found)) line('delete', gone);
    line('equal', text);
    at = found + 1;
  }
  for (const gone of before.slice(at)) line('delete', gone);
  return parts;
}

function textOf(task: Record<string, unknown>): TaskText {
  const words = (value: unknown): string =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const list = (value: unknown): string => (Array.isArray(value) ? value.map(words).join(', ') : '');
  const criteria = Array.isArray(task['acceptance_criteria']) ? task['acceptance_criteria'].map(words) : [];
  const facts = [
    `Type: ${words(task['type'])}`,
    `Priority: ${words(task['priority'])}`,
    `Points: ${words(task['estimate'])}`,
    list(task['labels']) && `Labels: ${list(task['labels'])}`,
    list(task['requirements']) && `Requirements: ${list(task['requirements'])}`,
  ].filter((fact) => fact !== '');
  return {
    title: words(task['title']),
    lines: [words(task['description']), ...criteria.map((one) => `- ${one}`), facts.join('. ')],
  };
}
