/** Where something stands in a file. Both count from 1. */
export interface Place {
  line: number;
  column: number;
}

/** One thing wrong with a source file of the catalogue. */
export interface SourceProblem extends Place {
  file: string;
  message: string;
}

/** `rfc.yaml:7:3: …`, as editors and terminals link it. */
export function problemLine({ file, line, column, message }: SourceProblem): string {
  return `${file}:${line}:${column}: ${message}`;
}

/** What is wrong with one file, while it is read. */
export class Faults {
  readonly problems: SourceProblem[] = [];

  constructor(readonly file: string) {}

  say({ line, column }: Place, message: string): void {
    this.problems.push({ file: this.file, line, column, message });
  }
}

/** What became of a file: nothing where its problems leave nothing to go on with. */
export interface Read<T> {
  item: T | undefined;
  problems: SourceProblem[];
}

/** Everything wrong with a catalogue, at once: an author mends all of it in one go. */
export class CatalogueError extends Error {
  readonly problems: readonly SourceProblem[];

  constructor(problems: readonly SourceProblem[]) {
    super(problems.map(problemLine).join('\n'));
    this.name = 'CatalogueError';
    this.problems = problems;
  }
}

/** The item where nothing is wrong with it; throws `CatalogueError` otherwise. */
export function sound<T>({ item, problems }: Read<T>): T {
  if (item === undefined || problems.length > 0) throw new CatalogueError(problems);
  return item;
}

/** Why a prompt could not be rendered. `input_too_large` is the only one a person can mend; the others are bugs. */
export type PromptErrorCode = 'unknown_input' | 'missing_input' | 'wrong_type' | 'input_too_large';

/** Thrown by `renderPrompt`. */
export class PromptError extends Error {
  readonly code: PromptErrorCode;
  readonly input: string;

  constructor(code: PromptErrorCode, input: string, message: string) {
    super(message);
    this.name = 'PromptError';
    this.code = code;
    this.input = input;
  }
}
