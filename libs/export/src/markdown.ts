import type { ExportedTask, PlanExport } from '@planwright/contracts';
import { stringify } from 'yaml';
import { slug } from './file-name.js';
import { markdownLine } from './markdown-line.js';
import { missingNote, printedDocuments } from './printed.js';
import type { PrintedDocument } from './printed.js';
import { sealed } from './seal.js';

/** One file: front matter, then the documents and the cards, each under a heading of the first level. */
export function markdownFile(plan: PlanExport): string {
  const documents = printedDocuments(plan);
  const parts = documents.map((printed) => documentMarkdown(plan, printed));
  const front = { ...projectFront(plan), documents: documents.map(documentFront), ...tasksFront(plan.tasks) };
  return [frontMatter(front), ...parts, ...tasksMarkdown(plan)].join('\n');
}

/** A file for each document, and one for each list of cards: the plan's own and each feature's. */
export function markdownFiles(plan: PlanExport): { path: string; text: string }[] {
  const documents = printedDocuments(plan);
  const files = documents.map((printed, i) => {
    const { kind } = printed.document;
    const path = `${String(i + 1).padStart(2, '0')}-${slug(printed.document.feature === null ? kind : printed.title)}.md`;
    const front = { ...projectFront(plan), document: documentFront(printed) };
    return { path, text: `${frontMatter(front)}\n${documentMarkdown(plan, printed)}` };
  });
  const owners = [null, ...plan.features.map(({ id }) => id)];
  const lists = owners.flatMap((owner, i) => {
    const tasks = plan.tasks.filter(({ feature }) => feature === owner);
    if (tasks.length === 0) return [];
    const path = owner === null ? 'tasks.md' : `tasks-feature-${i}.md`;
    const text = [frontMatter({ ...projectFront(plan), ...tasksFront(tasks) }), ...tasksMarkdown({ ...plan, tasks })];
    return [{ path, text: text.join('\n') }];
  });
  return [...files, ...lists];
}

function projectFront({ project }: PlanExport) {
  return { project: { id: project.id, name: project.name } };
}

function documentFront({ title, document: { id, kind, version }, sections }: PrintedDocument) {
  const { id: versionId, number, status, provider, model } = version;
  return {
    ...{ kind, title, id, version_id: versionId, version: number, status, provider, model },
    sections: sections.map((section) => ({ id: section.id, status: section.status, sha256: section.sha256 })),
  };
}

const tasksFront = (tasks: readonly ExportedTask[]) => ({
  tasks: tasks.map(({ key, status, requirements }) => ({ key, status, requirements })),
});

const frontMatter = (value: object): string => `---\n${stringify(value, { lineWidth: 0 })}---\n`;

function documentMarkdown({ project }: PlanExport, { title, sections }: PrintedDocument): string {
  const parts = sections.map((section) => {
    const note = missingNote(section);
    const text = section.content ?? section.draft ?? '';
    const body = [...(note === null ? [] : [`> ${markdownLine(note)}`]), ...(text === '' ? [] : [sealed(text)])];
    return `## ${markdownLine(section.title)}\n\n${body.map(ended).join('\n')}`;
  });
  return [`# ${markdownLine(`${project.name}: ${title}`)}\n`, ...parts].join('\n');
}

function tasksMarkdown({ project, tasks, columns }: PlanExport): string[] {
  if (tasks.length === 0) return [];
  const titleOf = (status: string) => columns.find(({ key }) => key === status)?.title ?? status;
  const cards = tasks.map((task) => {
    const facts = [
      `Type: ${task.type}`,
      `Priority: ${task.priority}`,
      `Status: ${titleOf(task.status)}`,
      ...(task.estimate === null ? [] : [`Estimate: ${task.estimate}`]),
      ...(task.labels.length > 0 ? [`Labels: ${task.labels.join(', ')}`] : []),
      ...(task.dependencies.length > 0 ? [`Depends on: ${task.dependencies.join(', ')}`] : []),
      ...(task.requirements.length > 0 ? [`Requirements: ${task.requirements.join(', ')}`] : []),
    ];
    const criteria = task.acceptance_criteria.map((one) => `- [ ] ${markdownLine(one)}\n`).join('');
    const parts = [markdownLine(facts.join(' · ')), sealed(task.description), criteria];
    return `## ${markdownLine(`${task.key}: ${task.title}`)}\n\n${parts.filter(Boolean).map(ended).join('\n')}`;
  });
  return [`# ${markdownLine(`${project.name}: Tasks`)}\n`, ...cards];
}

/** With a line break at its end, and never two of our own. */
const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
