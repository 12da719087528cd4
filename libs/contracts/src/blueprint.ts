import { z } from 'zod';
import { mode, outputFormat } from './statuses.js';

/** Names of documents, sections and templates: lower case, words joined by `_`; template and blueprint ids add dots. */
const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower case letters, digits and _');
const dottedName = z.string().regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/, 'must be lower case words joined by dots');

/** One section of a document kind. */
export const blueprintSection = z.strictObject({
  id: name,
  title: z.string().min(1).max(120),
  /** Place in the document (0 first), whatever the order of writing. */
  order: z.int().nonnegative(),
  /** Template that asks for this section. */
  prompt: dottedName,
  /** Sections of the same document given to the prompt; what they fail to deliver is left out. */
  uses: z.array(name).default([]),
  output: outputFormat.default('markdown'),
  /** Length asked of the model, in words. */
  words: z.strictObject({ min: z.int().positive(), target: z.int().positive(), max: z.int().positive() }),
  /** Output limit given to the provider, in tokens. */
  max_output_tokens: z.int().positive(),
});
export type BlueprintSection = z.infer<typeof blueprintSection>;

/** A stage: its sections run one after another or side by side; the next stage waits for all of them. */
export const blueprintStage = z.strictObject({
  number: z.int().positive(),
  mode: z.enum(['sequential', 'parallel']),
  /** True where a person is watching the text (interactive queue); text is live either way. */
  streamed: z.boolean(),
  /** Provider time of one section over its automatic tries, in seconds; waiting does not count. */
  timeout_seconds: z.int().positive(),
  sections: z.array(name).min(1),
});
export type BlueprintStage = z.infer<typeof blueprintStage>;

/** A document kind as data: stages, sections, dependencies. The engine knows no section by name. */
export const blueprint = z
  .strictObject({
    id: dottedName,
    version: z.int().positive(),
    document: name,
    mode: mode.nullable().default(null),
    title: z.string().min(1).max(120),
    /** Document kinds this one is made from; each must be in the run's chain or have an active version. */
    requires: z.array(name).default([]),
    stages: z.array(blueprintStage).min(1),
    sections: z.array(blueprintSection).min(1),
  })
  .check((context) => {
    for (const message of blueprintProblems(context.value)) {
      context.issues.push({ code: 'custom', message, input: context.value });
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

/** What is wrong with a blueprint beyond its shape: each a sentence naming the section or stage. */
export function blueprintProblems(b: Blueprint): string[] {
  const problems: string[] = [];
  const repeated = (values: readonly (string | number)[]) => values.filter((value, i) => values.indexOf(value) !== i);
  const ids = b.sections.map((section) => section.id);
  const staged = b.stages.flatMap((stage) => stage.sections);
  for (const id of repeated(ids)) problems.push(`section ${id} is listed twice`);
  for (const order of repeated(b.sections.map((section) => section.order)))
    problems.push(`two sections have order ${order}`);
  for (const id of repeated(staged)) problems.push(`section ${id} is in two stages`);
  for (const id of staged.filter((id) => !ids.includes(id)))
    problems.push(`stage lists section ${id}, which does not exist`);
  for (const id of ids.filter((id) => !staged.includes(id))) problems.push(`section ${id} is in no stage`);
  b.stages.forEach((stage, i) => {
    if (stage.number !== i + 1) problems.push(`stage ${stage.number} stands at place ${i + 1}; stages count from 1`);
  });
  for (const section of b.sections) {
    const before = sectionsBefore(b, section.id);
    for (const used of section.uses.filter((id) => !before.includes(id))) {
      problems.push(`section ${section.id} uses ${used}, which is not written before it`);
    }
    if (!(section.words.min <= section.words.target && section.words.target <= section.words.max)) {
      problems.push(`section ${section.id} needs words min ≤ target ≤ max`);
    }
  }
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
