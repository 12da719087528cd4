import type { ExportedTask, PlanExport } from '@planwright/contracts';
import { oneLine } from '../titles.js';
import { csv } from './cells.js';
import { descriptionOf } from './description.js';

/** Columns of Linear's own export, which its importer reads. */
const HEADER = [
  ...[
    'Id',
    'Team',
    'Title',
    'Description',
    'Status',
    'Estimate',
    'Priority',
    'Project',
    'Creator',
    'Assignee',
    'Labels',
  ],
  ...['Cycle Number', 'Cycle Name', 'Cycle Start', 'Cycle End'],
  ...['Created', 'Updated', 'Started', 'Completed', 'Canceled', 'Archived'],
] as const;

const PRIORITIES = { urgent: 'Urgent', high: 'High', medium: 'Medium', low: 'Low' } as const;
const STATUSES = { todo: 'Todo', started: 'In Progress', done: 'Done' } as const;

/**
 * The board for Linear's importer, in board order. Relations are not imported there, so what a card depends on is told in
 * its description; the type is a label.
 */
export function linearCsv(plan: PlanExport): string {
  return csv([HEADER, ...plan.tasks.map((task) => HEADER.map((name) => cellsOf(task, plan)[name] ?? ''))]);
}

function cellsOf(
  task: ExportedTask,
  { project, columns }: PlanExport,
): Partial<Record<(typeof HEADER)[number], string>> {
  const category = columns.find(({ key }) => key === task.status)?.category ?? 'todo';
  return {
    Id: task.key,
    Title: oneLine(task.title),
    Description: descriptionOf(task),
    Status: STATUSES[category],
    Estimate: task.estimate === null ? '' : String(task.estimate),
    Priority: PRIORITIES[task.priority],
    Project: oneLine(project.name),
    // They are joined by a comma and a space, so a label has none.
    Labels: [...task.labels, task.type].map((label) => oneLine(label.replaceAll(',', ' '))).join(', '),
    Created: task.created_at,
    Updated: task.updated_at,
  };
}
