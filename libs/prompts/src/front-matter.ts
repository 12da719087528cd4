import { z } from 'zod';
import { outputFormat } from '@planwright/contracts';

const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'must be lower case letters, digits and _');
const dottedName = z.string().regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/, 'must be lower case words joined by dots');

/** Who wrote a value. Only `system` values may stand outside a data fence or in the system role. */
const trust = z.enum(['system', 'user', 'generated', 'external']);
export type Trust = z.infer<typeof trust>;

/**
 * What a template may be given.
 * - `text`: a string. `document`: the Markdown of another document. Both are one value.
 * - `sections`: the sections of this document that the blueprint lists in `uses`, as far as they exist; each is a value.
 * - `number`, `enum` (with `values`): `system` trust only, so they may stand inside a sentence.
 */
const templateInput = z
  .strictObject({
    type: z.enum(['text', 'document', 'sections', 'number', 'enum']),
    trust,
    /** An optional input may be used only inside `{{#name}} … {{/name}}`. */
    required: z.boolean().default(true),
    /** Upper bound, counted as `estimateTokens` counts; for `sections`, of all of them together. */
    max_tokens: z.int().positive().optional(),
    values: z.array(z.string().min(1)).min(1).optional(),
  })
  .check((context) => {
    const { type, trust: from, max_tokens, values } = context.value;
    const say = (message: string) => context.issues.push({ code: 'custom', message, input: context.value });
    const scalar = type === 'number' || type === 'enum';
    if (scalar && from !== 'system') say(`type ${type} needs trust system, not ${from}`);
    if ((type === 'document' || type === 'sections') && from === 'system') say(`type ${type} cannot have trust system`);
    if (!scalar && max_tokens === undefined) say('max_tokens is missing');
    if ((type === 'enum') !== (values !== undefined))
      say(type === 'enum' ? 'values is missing' : 'values belongs to type enum');
  });
export type TemplateInput = z.infer<typeof templateInput>;

const inputs = z.record(name, templateInput).default({});

export const partialFrontMatter = z.strictObject({ id: name, version: z.int().positive(), inputs });
export type PartialFrontMatter = z.infer<typeof partialFrontMatter>;

export const templateFrontMatter = z.strictObject({
  id: dottedName,
  version: z.int().positive(),
  inputs,
  output: z.strictObject({
    kind: outputFormat,
    /** The lengths this template was written for; a blueprint sets its budget inside them. */
    words: z.strictObject({ min: z.int().positive(), max: z.int().positive() }),
  }),
});
export type TemplateFrontMatter = z.infer<typeof templateFrontMatter>;

/** A value the platform offers to templates, beside the documents by kind. */
interface OfferedInput {
  /** Whose text it is, whatever a template says: declaring `idea` as `system` would lift its fence. */
  trust: Trust;
  /** True where no prompt goes without it: of every run, or of every run for a feature. */
  always: boolean | 'features';
}

/** A template can ask for these and for documents; whatever else it declared would never come. */
export const OFFERED_INPUTS: ReadonlyMap<string, OfferedInput> = new Map<string, OfferedInput>([
  ['project_name', { trust: 'user', always: true }],
  ['idea', { trust: 'user', always: true }],
  ['constraints', { trust: 'user', always: false }],
  ['instructions', { trust: 'user', always: false }],
  ['feature_description', { trust: 'user', always: 'features' }],
  ['current_text', { trust: 'generated', always: false }],
  ['requirements', { trust: 'generated', always: false }],
]);

/** Values every template has without declaring them; they come from the blueprint's section. */
export const BUILT_IN_VALUES = ['section_title', 'words_min', 'words_target', 'words_max', 'missing_sections'] as const;
export type BuiltInValue = (typeof BUILT_IN_VALUES)[number];

/** What is wrong with declared inputs beyond their shape, each a sentence. */
export function inputProblems(declared: Readonly<Record<string, TemplateInput>>): { input: string; message: string }[] {
  return Object.entries(declared).flatMap(([input, { type, trust: from }]) => {
    const known = OFFERED_INPUTS.get(input)?.trust;
    if ((BUILT_IN_VALUES as readonly string[]).includes(input))
      return [{ input, message: `input ${input} is built in and cannot be declared` }];
    if (known && known !== from) return [{ input, message: `input ${input} has trust ${known}, not ${from}` }];
    if (type === 'sections' && input !== 'sections')
      return [{ input, message: `an input of type sections is called sections, not ${input}` }];
    return [];
  });
}
