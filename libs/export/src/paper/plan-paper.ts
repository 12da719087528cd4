import type { ExportedTask, PlanExport } from '@planwright/contracts';
import { missingNote, printedDocuments } from '../printed.js';
import type { PrintedDocument } from '../printed.js';
import { oneLine } from '../titles.js';
import { markdownBlocks } from './markdown-blocks.js';
import { printable } from './paper.js';
import type { Block, Paper } from './paper.js';

/** A plan as it goes on paper: its documents one after another, then the cards. */
export function planPaper(plan: PlanExport): Paper {
  const { project, documents, tasks } = plan;
  const instants = [
    project.updated_at,
    ...documents.map(({ version }) => version.created_at),
    ...tasks.map((task) => task.updated_at),
  ];
  return {
    title: printable(oneLine(project.name)),
    changedAt: instants.toSorted().at(-1) ?? project.updated_at,
    blocks: [...printedDocuments(plan).flatMap(documentBlocks), ...taskBlocks(plan)],
  };
}

function documentBlocks({ title, sections }: PrintedDocument): Block[] {
  return [
    heading(1, title),
    ...sections.flatMap((section): Block[] => {
      const note = missingNote(section);
      const text = section.content ?? section.draft ?? '';
      return [heading(2, section.title), ...(note === null ? [] : [plain('note', note)]), ...markdownBlocks(text, 3)];
    }),
  ];
}

function taskBlocks({ tasks, columns }: PlanExport): Block[] {
  if (tasks.length === 0) return [];
  const titleOf = (status: string) => columns.find(({ key }) => key === status)?.title ?? status;
  return [heading(1, 'Tasks'), ...tasks.flatMap((task) => cardBlocks(task, titleOf(task.status)))];
}

function cardBlocks(task: ExportedTask, column: string): Block[] {
  const facts = [
    ...[task.type, `${task.priority} priority`, column],
    ...(task.estimate === null ? [] : [`estimate ${task.estimate}`]),
    ...(task.labels.length > 0 ? [`labels ${task.labels.join(', ')}`] : []),
    ...(task.dependencies.length > 0 ? [`after ${task.dependencies.join(', ')}`] : []),
    ...(task.requirements.length > 0 ? [`for ${task.requirements.join(', ')}`] : []),
  ];
  const items = task.acceptance_criteria.map((one) => ({ checked: false, blocks: [plain('paragraph', one)] }));
  return [
    heading(2, `${task.key}: ${task.title}`),
    plain('note', facts.join(' · ')),
    ...markdownBlocks(task.description, 3),
    ...(items.length > 0 ? [{ kind: 'list', ordered: false, start: 1, items } satisfies Block] : []),
  ];
}

function heading(level: 1 | 2, text: string): Block {
  return { kind: 'heading', level, runs: [{ text: printable(oneLine(text)) }] };
}

function plain(kind: 'paragraph' | 'note', text: string): Block {
  return { kind, runs: [{ text: printable(oneLine(text)) }] };
}
