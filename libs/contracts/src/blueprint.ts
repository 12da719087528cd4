import { z } from 'zod';
import { mode, outputFormat } from './statuses.js';

/** Names of documents, sections and templates: lower case, words joined by `_`; template and blueprint ids add dots. */
const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower case letters, digits and _');
const dottedName = z.string().regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/, 'must be lower case words joined by dots');

/** The name of a document kind: `prd`, `tech_spec`, or one of a team's own. */
export const documentKind = name;

/** What people read: one line. */
const title = z
  .string()
  .min(1)
  .max(120)
  .regex(/^[^\p{Cc}]*$/u, 'must be one line without control characters');
/** Far more than any text of a section. */
const wordCount = z.int().positive().max(100_000);

/** One section of a document kind. */
export const blueprintSection = z.strictObject({
  id: name,
  title,
  /** Place in the document (0 first), whatever the order of writing. */
  order: z.int().nonnegative().max(10_000),
  /** Template that asks for this section. */
  prompt: dottedName,
  /** Sections of the same document given to the prompt; what they fail to deliver is left out. */
  uses: z.array(name).default([]),
  output: outputFormat.default('markdown'),
  /** Length asked of the model, in words. */
  words: z.strictObject({ min: wordCount, target: wordCount, max: wordCount }),
  /** Output limit given to the provider, in tokens. */
  max_output_tokens: z.int().positive().max(1_000_000),
  /** The section lists requirements: each gets an id that begins like this, `FR-1`. */
  requirements: z.enum(['FR', 'NFR']).optional(),
});
export type BlueprintSection = z.infer<typeof blueprintSection>;

/** A stage: its sections run one after another or side by side; the next stage waits for all of them. */
export const blueprintStage = z.strictObject({
  number: z.int().positive(),
  mode: z.enum(['sequential', 'parallel']),
  /** True where a person is watching the text (interactive queue); text is live either way. */
  streamed: z.boolean(),
  /** Provider time of one section over its automatic tries, in seconds; waiting does not count. */
  timeout_seconds: z.int().positive().max(86_400),
  sections: z.array(name).min(1),
});
export type BlueprintStage = z.infer<typeof blueprintStage>;

/** The shape of a blueprint, without what `blueprintProblems` says of it. */
export const blueprintShape = z.strictObject({
  id: dottedName,
  version: z.int().positive().max(1_000_000_000),
  document: documentKind,
  mode: mode.nullable().default(null),
  title,
  /** Document kinds this one is made from; each must be in the run's chain or have an active version. */
  requires: z.array(documentKind).default([]),
  stages: z.array(blueprintStage).min(1).max(20),
  sections: z.array(blueprintSection).min(1).max(100),
});

/** A document kind as data: stages, sections, dependencies. The engine knows no section by name. */
export const blueprint = blueprintShape.check((context) => {
  for (const { path, message } of blueprintProblems(context.value)) {
    context.issues.push({ code: 'custom', path: [...path], message, input: context.value });
  }
});
export type Blueprint = {
  id: string;
  version: number;
  document: string;
  mode: z.infer<typeof mode> | null;
  title: string;
  requires: string[];
  stages: BlueprintStage[];
  sections: BlueprintSection[];
};

/** One thing wrong with a blueprint, at the key or item it is about. */
export interface BlueprintProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What is wrong with a blueprint beyond its shape: each a sentence naming the section or stage. */
export function blueprintProblems(b: Blueprint): BlueprintProblem[] {
  const problems: BlueprintProblem[] = [];
  const say = (path: BlueprintProblem['path'], message: string) => problems.push({ path, message });
  const ids = b.sections.map((section) => section.id);
  const orders = b.sections.map((section) => section.order);
  b.requires.forEach((kind, i) => {
    if (b.requires.indexOf(kind) < i) say(['requires', i], `${kind} is required twice`);
  });
  const staged: string[] = [];
  b.stages.forEach((stage, i) => {
    if (stage.number !== i + 1) {
      say(['stages', i, 'number'], `stage ${stage.number} stands at place ${i + 1}; stages count from 1`);
    }
    stage.sections.forEach((id, j) => {
      const path = ['stages', i, 'sections', j];
      if (!ids.includes(id)) say(path, `stage lists section ${id}, which does not exist`);
      if (staged.includes(id)) say(path, `section ${id} is in two stages`);
      staged.push(id);
    });
  });
  b.sections.forEach(({ id, order, uses, words }, i) => {
    const at = (...more: (string | number)[]) => ['sections', i, ...more];
    if (ids.indexOf(id) < i) say(at('id'), `section ${id} is listed twice`);
    if (orders.indexOf(order) < i) say(at('order'), `two sections have order ${order}`);
    if (!staged.includes(id)) say(at('id'), `section ${id} is in no stage`);
    const before = sectionsBefore(b, id);
    uses.forEach((used, j) => {
      if (!ids.includes(used)) say(at('uses', j), `section ${id} uses ${used}, which does not exist`);
      else if (!before.includes(used)) say(at('uses', j), `section ${id} uses ${used}, which is not written before it`);
      if (uses.indexOf(used) < j) say(at('uses', j), `section ${id} uses ${used} twice`);
    });
    if (!(words.min <= words.target && words.target <= words.max)) {
      say(at('words'), `section ${id} needs words min ≤ target ≤ max`);
    }
  });
  return problems;
}

/** Sections that are finished, one way or another, before this one starts. */
export function sectionsBefore(b: Pick<Blueprint, 'stages'>, sectionId: string): string[] {
  const before: string[] = [];
  for (const stage of b.stages) {
    const at = stage.sections.indexOf(sectionId);
    if (at >= 0) return stage.mode === 'sequential' ? [...before, ...stage.sections.slice(0, at)] : before;
    before.push(...stage.sections);
  }
  return before;
}
