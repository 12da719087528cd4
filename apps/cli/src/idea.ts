import { readFile, stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { UsageError } from './arguments.js';

export interface Idea {
  name: string;
  idea: string;
  constraints: string;
}

const FILE_TYPES = new Set(['.md', '.markdown', '.txt']);
const LONGEST_NAME = 200;

/**
 * The idea of the command line: the text itself, or a Markdown file with an optional heading "Constraints". What names an
 * existing file is that file; what only looks like one is an error, so that a typing error never becomes an idea.
 */
export async function readIdea(argument: string, constraints: string | undefined, cwd: string): Promise<Idea> {
  const found = await stat(resolve(cwd, argument)).catch(() => null);
  if (found?.isDirectory())
    throw new UsageError(`${argument} is a folder: name a file in it, or put the idea in quotes.`);
  if (found === null) {
    if (looksLikeFile(argument)) {
      throw new UsageError(`There is no file ${argument}. If this is the idea itself, end it with a full stop.`);
    }
    return { name: nameOf(argument), idea: argument.trim(), constraints: constraints?.trim() ?? '' };
  }
  const { idea, constraints: inFile } = splitIdea(await readText(argument, cwd));
  if (idea === '') throw new UsageError(`The file ${argument} holds no idea.`);
  return { name: nameOf(idea), idea, constraints: constraints?.trim() ?? inFile };
}

/** Ends like a text file, or is one word with a slash in it. */
function looksLikeFile(argument: string): boolean {
  const [word, ...more] = argument.trim().split(/\s+/);
  if (FILE_TYPES.has(extname(argument).toLowerCase())) return !argument.includes('\n');
  return more.length === 0 && /[/\\]/.test(word ?? '');
}

async function readText(path: string, cwd: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(resolve(cwd, path));
  } catch (error) {
    throw new UsageError(`The file ${path} can't be read: ${(error as Error).message}.`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`The file ${path} is not text in UTF-8.`);
  }
}

/**
 * Divides a file at its heading "Constraints" (any level, any case). Its part goes on to the next heading of the same or a
 * higher level; what follows that is idea again. Headings inside code fences are none.
 */
export function splitIdea(text: string): { idea: string; constraints: string } {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const levels = headingLevels(lines);
  const from = lines.findIndex((line, i) => levels[i] && /^#+\s+constraints\s*:?\s*#*\s*$/i.test(line));
  if (from < 0) return { idea: lines.join('\n').trim(), constraints: '' };
  const level = levels[from] ?? 0;
  const next = levels.findIndex((other, i) => i > from && other > 0 && other <= level);
  const to = next < 0 ? lines.length : next;
  const idea = [...lines.slice(0, from), ...lines.slice(to)].join('\n').trim();
  return {
    idea,
    constraints: lines
      .slice(from + 1, to)
      .join('\n')
      .trim(),
  };
}

/** The level of each line's heading; 0 for other lines. */
function headingLevels(lines: readonly string[]): number[] {
  let fence: string | null = null;
  return lines.map((line) => {
    const mark = /^\s*(```|~~~)/.exec(line)?.[1];
    if (mark && (fence === null || fence === mark)) fence = fence === null ? mark : null;
    return fence === null ? (/^(#{1,6})\s/.exec(line)?.[1]?.length ?? 0) : 0;
  });
}

/** A name for the project: the first heading, or the first sentence. */
function nameOf(idea: string): string {
  const plain = idea.split('\n').map((line) => line.replace(/^\s*#+\s*|[*_`]/g, '').trim());
  const line = plain.find((candidate) => candidate !== '') ?? idea.trim();
  const sentence = /^.{10,}?[.!?](?=\s|$)/.exec(line)?.[0].replace(/[.!?]$/, '') ?? line;
  if (sentence.length <= LONGEST_NAME) return sentence;
  // No half of a surrogate pair is left at the cut.
  return `${sentence
    .slice(0, LONGEST_NAME - 1)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()}…`;
}
