import { mkdir, readdir, rmdir, stat, writeFile } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import type { TaskResource, VersionResource } from '@planwright/contracts';
import { UsageError } from './arguments.js';

/** What a run left behind. */
export interface Plan {
  name: string;
  /** In the order of writing. */
  documents: WrittenDocument[];
  tasks: TaskResource[];
}

/** A document's version that a run wrote. */
export interface WrittenDocument {
  kind: string;
  title: string;
  version: VersionResource;
}

/** A folder that is there and can be written to, before a run begins that would have nowhere to go. */
export interface Folder {
  /** As a person typed it or would: relative to where they are. */
  path: string;
  /** Removes it again if it was made here and nothing came into it. */
  release(): Promise<void>;
}

const DEFAULT_PARENT = 'plan-out';
const FILES = ['prd.md', 'tech-spec.md', 'tasks.json', 'tasks.md'] as const;

/** The folder to write into. One that was asked for must not hold a plan yet: nobody's edits are overwritten. */
export async function openFolder(
  out: string | undefined,
  name: string,
  cwd: string,
  kinds: readonly string[] = [],
): Promise<Folder> {
  try {
    return out === undefined ? await newFolder(slug(name), cwd) : await askedFolder(out, cwd, kinds);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`The folder for the plan can't be made: ${(error as Error).message}.`);
  }
}

async function newFolder(name: string, cwd: string): Promise<Folder> {
  await mkdir(resolve(cwd, DEFAULT_PARENT), { recursive: true });
  for (let n = 1; ; n++) {
    const path = join(DEFAULT_PARENT, n === 1 ? name : `${name}-${n}`);
    try {
      await mkdir(resolve(cwd, path));
      return { path, release: () => removeEmpty(resolve(cwd, path)) };
    } catch (error) {
      if (!isExists(error)) throw error;
    }
  }
}

async function askedFolder(path: string, cwd: string, kinds: readonly string[]): Promise<Folder> {
  const found = await stat(resolve(cwd, path)).catch(() => null);
  if (found && !found.isDirectory()) throw new UsageError(`--out must name a folder, and ${path} is a file.`);
  if (found) {
    const there = new Set(await readdir(resolve(cwd, path)));
    const taken = [...FILES, ...kinds.map(fileOf)].find((file) => there.has(file));
    if (taken) throw new UsageError(`${join(path, taken)} is already there: choose another --out.`);
    return { path, release: async () => undefined };
  }
  await mkdir(resolve(cwd, path), { recursive: true });
  return { path, release: () => removeEmpty(resolve(cwd, path)) };
}

/** Writes what there is of the plan and answers the paths. */
export async function writePlan(folder: string, plan: Plan, cwd: string): Promise<string[]> {
  const contents: [string, string][] = [];
  for (const { kind, title, version } of plan.documents.filter(hasText)) {
    contents.push([fileOf(kind), documentMarkdown(`${plan.name}: ${title}`, version)]);
  }
  if (plan.tasks.length > 0) {
    contents.push(['tasks.json', `${JSON.stringify({ tasks: plan.tasks }, null, 2)}\n`]);
    contents.push(['tasks.md', tasksMarkdown(plan)]);
  }
  const paths: string[] = [];
  for (const [file, text] of contents) paths.push(await writeNew(join(folder, file), text, cwd));
  return paths;
}

/** Writes `name.md`, or `name-2.md` where somebody put a file of that name in the meantime. */
async function writeNew(path: string, text: string, cwd: string): Promise<string> {
  const { dir, name, ext } = parse(path);
  for (let n = 1; ; n++) {
    const free = n === 1 ? path : join(dir, `${name}-${n}${ext}`);
    try {
      await writeFile(resolve(cwd, free), text, { flag: 'wx' });
      return free;
    } catch (error) {
      if (!isExists(error)) throw error;
    }
  }
}

function hasText({ version }: WrittenDocument): boolean {
  return version.sections.some(({ content, draft }) => content !== null || Boolean(draft));
}

/** `tech_spec` is written to `tech-spec.md`. */
function fileOf(kind: string): string {
  return `${kind.replaceAll('_', '-')}.md`;
}

/** One document as Markdown: sections in document order; what is missing or unfinished says so in its place. */
export function documentMarkdown(title: string, version: VersionResource): string {
  const sections = version.sections.toSorted((a, b) => a.order - b.order);
  const missing = sections.filter(({ content }) => content === null).length;
  const notice =
    missing === 0 ? [] : [`> Not complete: ${missing} of ${sections.length} sections are missing or unfinished.\n`];
  const parts = sections.map((section) => {
    const why = section.error ?? (section.status === 'cancelled' ? 'It was cancelled.' : 'It was not written.');
    const draft = section.draft?.trim() ? `> This text is unfinished. ${why}\n\n${section.draft.trim()}` : null;
    const body = section.content?.trim() ?? draft ?? `> This section is missing. ${why}`;
    return `## ${section.title}\n\n${body}\n`;
  });
  return [`# ${title}\n`, ...notice, ...parts].join('\n');
}

/** The board as Markdown. */
export function tasksMarkdown({ name, tasks }: Pick<Plan, 'name' | 'tasks'>): string {
  const parts = tasks.map((task) => {
    const facts = [
      `Type: ${task.type}`,
      `Priority: ${task.priority}`,
      ...(task.estimate === null ? [] : [`Estimate: ${task.estimate}`]),
      ...(task.labels.length > 0 ? [`Labels: ${task.labels.join(', ')}`] : []),
      ...(task.dependencies.length > 0 ? [`Depends on: ${keysOf(task, tasks).join(', ')}`] : []),
      ...(task.requirements.length > 0 ? [`Requirements: ${task.requirements.join(', ')}`] : []),
    ];
    const criteria = task.acceptance_criteria.map((criterion) => `- [ ] ${criterion}`).join('\n');
    return `## ${task.key}: ${task.title}\n\n${facts.join(' · ')}\n\n${task.description.trim()}\n\n${criteria}\n`;
  });
  return [`# ${name}: Tasks\n`, ...parts].join('\n');
}

/** The board for a terminal: a line per task. */
export function taskLines(tasks: readonly TaskResource[]): string[] {
  const keyWidth = Math.max(...tasks.map(({ key }) => key.length));
  return tasks.map((task) => {
    const facts: string[] = [task.type, task.priority];
    if (task.estimate !== null) facts.push(`${task.estimate} ${task.estimate === 1 ? 'point' : 'points'}`);
    if (task.dependencies.length > 0) facts.push(`after ${keysOf(task, tasks).join(', ')}`);
    return `  ${task.key.padEnd(keyWidth)}  ${task.title} (${facts.join(', ')})`;
  });
}

/** Keys of the tasks that come first; people know a task by its key. */
function keysOf({ dependencies }: TaskResource, tasks: readonly TaskResource[]): string[] {
  return dependencies.map((id) => tasks.find((task) => task.id === id)?.key ?? id);
}

function slug(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase();
  const words = Array.from(plain.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-/, ''));
  return words.slice(0, 50).join('').replace(/-$/, '') || 'plan';
}

async function removeEmpty(path: string): Promise<void> {
  await rmdir(path).catch(() => undefined);
}

function isExists(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}
