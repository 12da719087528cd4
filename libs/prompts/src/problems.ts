/** One thing wrong with a source file of the catalogue. */
export interface SourceProblem {
  file: string;
  /** Counts from 1. */
  line: number;
  message: string;
}

/** Thrown where one file cannot be read further; `CatalogueError` collects these over all files. */
export class SourceError extends Error {
  readonly problem: SourceProblem;

  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}: ${message}`);
    this.name = 'SourceError';
    this.problem = { file, line, message };
  }
}

/** Everything wrong with a catalogue, at once: an author mends all of it in one go. */
export class CatalogueError extends Error {
  readonly problems: readonly SourceProblem[];

  constructor(problems: readonly SourceProblem[]) {
    super(problems.map((p) => `${p.file}:${p.line}: ${p.message}`).join('\n'));
    this.name = 'CatalogueError';
    this.problems = problems;
  }
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
