import type { ExportedTask, PlanExport } from '@planwright/contracts';
import { firstWords } from '../printed.js';
import { oneLine } from '../titles.js';
import { csv } from './cells.js';
import { descriptionOf } from './description.js';

const TYPES = { feature: 'Story', enabler: 'Task', chore: 'Task', spike: 'Task', bug: 'Bug' } as const;
const PRIORITIES = { urgent: 'Highest', high: 'High', medium: 'Medium', low: 'Low' } as const;
const STATUSES = { todo: 'To Do', started: 'In Progress', done: 'Done' } as const;

/** Jira refuses a summary that is longer. */
const LONGEST_SUMMARY = 255;

interface Issue {
  type: 'Epic' | (typeof TYPES)[keyof typeof TYPES];
  id: string;
  parent: string;
  summary: string;
  description: string;
  priority: string;
  status: string;
  estimate: string;
  labels: string[];
}

/**
 * The board for Jira Cloud's import of an external system: epics first, then the cards, each with its epic as parent. The
 * cards of a feature hang on an epic of their own, all others on one for the project. A field with several values has
 * as many columns of one name.
 */
export function jiraCsv(plan: PlanExport): string {
  const issues = [...epics(plan), ...plan.tasks.map((task) => issueOf(task, plan))];
  const width = Math.max(1, ...issues.map(({ labels }) => labels.length));
  const labelled = Array.from({ length: width }, () => 'Labels');
  const header = ['Issue Type', 'Issue ID', 'Parent', 'Summary', 'Description', 'Priority', 'Status', 'Story Points'];
  const rows = issues.map(({ type, id, parent, summary, description, priority, status, estimate, labels }) => [
    ...[type, id, parent, cut(summary), description, priority, status, estimate],
    ...labelled.map((_, i) => labels[i] ?? ''),
  ]);
  return csv([[...header, ...labelled], ...rows]);
}

/** Ids of epics begin where those of the cards end. */
function epics({ project, features, tasks }: PlanExport): Issue[] {
  const made = (id: number, summary: string, description: string): Issue => {
    return {
      type: 'Epic',
      id: String(id),
      parent: '',
      summary,
      description,
      priority: '',
      status: '',
      estimate: '',
      labels: [],
    };
  };
  const own = tasks.some(({ feature }) => feature === null) || tasks.length === 0;
  return [
    ...(own ? [made(project.last_task_number + 1, project.name, project.idea)] : []),
    ...features.flatMap(({ id, description }, i) =>
      tasks.some(({ feature }) => feature === id)
        ? [made(project.last_task_number + 2 + i, firstWords(description), description)]
        : [],
    ),
  ];
}

function issueOf(task: ExportedTask, { project, columns, features }: PlanExport): Issue {
  const place = features.findIndex(({ id }) => id === task.feature);
  const category = columns.find(({ key }) => key === task.status)?.category ?? 'todo';
  return {
    type: TYPES[task.type],
    id: task.key.slice(2),
    parent: String(project.last_task_number + 2 + place),
    summary: task.title,
    description: descriptionOf(task),
    priority: PRIORITIES[task.priority],
    status: STATUSES[category],
    estimate: task.estimate === null ? '' : String(task.estimate),
    // A label of Jira has no spaces.
    labels: [...task.labels, ...(task.type === 'spike' ? ['spike'] : [])].map((label) =>
      oneLine(label).replaceAll(' ', '-'),
    ),
  };
}

function cut(summary: string): string {
  const line = oneLine(summary);
  return line.length <= LONGEST_SUMMARY
    ? line
    : `${[...line.slice(0, LONGEST_SUMMARY - 1)].filter((c) => c.isWellFormed()).join('')}…`;
}
