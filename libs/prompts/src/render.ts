import type { BlueprintSection, Prompt, PromptPart } from '@planwright/contracts';
import type { BuiltInValue, TemplateInput } from './front-matter.js';
import { contentHash } from './hashes.js';
import type { PromptInputs } from './hashes.js';
import { PromptError } from './problems.js';
import type { Template, TemplateNode } from './template.js';

/** What the renderer needs of a blueprint's section. */
export type RenderedSection = Pick<BlueprintSection, 'title' | 'uses' | 'words'>;

/** A value ready to be written: its name as readers of the prompt see it, and its text. */
interface Value {
  data: string;
  text: string;
}

/**
 * Renders a prompt in one pass over the checked template. Values are copied, never looked into: braces, `$&`, role names
 * or fence lines inside a value stay the bytes they were. Everything that is not ours stands in the user part as a part
 * of its own (`data` = its name, `text` = the value byte for byte) between two fence lines:
 *
 *     <data name="idea" nonce="3f2a9c01d4e5b677">
 *     …
 *     </data nonce="3f2a9c01d4e5b677">
 *
 * The nonce comes from the value itself and occurs in no value of the prompt, so the same inputs give the same bytes and
 * prompts with the same leading values share their leading bytes, which providers cache. A part ends with each closing
 * fence line, so that what is shared is a whole number of parts (`sharedPrefix`).
 *
 * Throws `PromptError`; `tooLarge` tells beforehand whether `input_too_large` would be among the reasons.
 */
export function renderPrompt(request: { template: Template; section: RenderedSection; inputs: PromptInputs }): Prompt {
  const { template, section } = request;
  const values = valuesOf(template, section, request.inputs);
  const [large] = tooLarge(template, request.inputs);
  if (large) {
    const { input, tokens, maxTokens } = large;
    throw new PromptError(
      'input_too_large',
      input,
      `${input} is about ${tokens} tokens long; ${template.id} takes ${maxTokens}`,
    );
  }
  const nonces = new Map<Value, string>();
  const fenced = [...values.fenced.values()].flat();
  for (const value of fenced) nonces.set(value, nonceFor(value, fenced));
  const render = (nodes: readonly TemplateNode[], out: Written): PromptPart[] => {
    for (const node of nodes) {
      if (node.kind === 'text') write(out, node.text);
      else if (node.kind === 'inline') write(out, values.inline.get(node.name) ?? '');
      else if (node.kind === 'when') {
        if (values.inline.get(node.name) || values.fenced.has(node.name)) render(node.body, out);
      } else {
        for (const value of values.fenced.get(node.name) ?? []) writeFenced(out, value, nonces.get(value) ?? '');
      }
    }
    return out.parts;
  };
  const side = (nodes: readonly TemplateNode[]) => render(nodes, { parts: [], open: null });
  return { system: side(template.system), user: side(template.user) };
}

/** Inputs over their budget, largest excess first. Nothing is ever cut to fit: the tail of a text is not worth less. */
export function tooLarge(
  template: Template,
  inputs: PromptInputs,
): { input: string; tokens: number; maxTokens: number }[] {
  return Object.entries(template.inputs)
    .flatMap(([input, { max_tokens: maxTokens }]) => {
      const value = inputs[input];
      const text = typeof value === 'object' && value !== null ? Object.values(value).join('') : String(value ?? '');
      const tokens = estimateTokens(text);
      return maxTokens !== undefined && tokens > maxTokens ? [{ input, tokens, maxTokens }] : [];
    })
    .sort((a, b) => b.tokens - b.maxTokens - (a.tokens - a.maxTokens));
}

/** Only those of the available values that the template takes: the caller offers all it has, the template chooses. */
export function pickInputs(template: Template, available: PromptInputs): PromptInputs {
  return Object.fromEntries(
    Object.keys(template.inputs).flatMap((name) => (name in available ? [[name, available[name]]] : [])),
  );
}

/** A rough count of tokens: four UTF-16 units each. Good within a fifth for English, low for most other scripts. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Holds what was given against what is declared. Empty texts count as absent. */
function valuesOf(template: Template, section: RenderedSection, inputs: PromptInputs) {
  const inline = new Map<string, string>(Object.entries(builtIns(template, section, inputs)));
  const fenced = new Map<string, Value[]>();
  for (const name of Object.keys(inputs)) {
    if (!Object.hasOwn(template.inputs, name))
      throw new PromptError('unknown_input', name, `${template.id} takes no input ${name}`);
  }
  for (const [name, declared] of Object.entries(template.inputs)) {
    const found = read(name, declared, inputs[name], section);
    if (found.length === 0) {
      if (declared.required) throw new PromptError('missing_input', name, `${template.id} needs the input ${name}`);
    } else if (declared.trust === 'system') {
      inline.set(name, found[0]?.text ?? '');
    } else {
      fenced.set(name, found);
    }
  }
  return { inline, fenced };
}

/** The values of one input: none when it is absent, several for sections (in the order of `uses`). */
function read(name: string, declared: TemplateInput, value: PromptInputs[string], section: RenderedSection): Value[] {
  if (value === null || value === undefined || value === '') return [];
  const wrong = (wanted: string) => new PromptError('wrong_type', name, `input ${name} must be ${wanted}`);
  if (declared.type === 'sections') {
    if (typeof value !== 'object') throw wrong('an object of section texts');
    const stranger = Object.keys(value).find((id) => !section.uses.includes(id));
    if (stranger !== undefined)
      throw new PromptError('unknown_input', name, `section ${stranger} is not among the sections used`);
    return section.uses.flatMap((id) => (Object.hasOwn(value, id) && value[id] ? [{ data: id, text: value[id] }] : []));
  }
  if (declared.type === 'number') {
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong('a number');
    return [{ data: name, text: String(value) }];
  }
  if (typeof value !== 'string') throw wrong('a text');
  if (declared.type === 'enum' && !declared.values?.includes(value))
    throw wrong(`one of ${declared.values?.join(', ')}`);
  return [{ data: name, text: value }];
}

function builtIns(template: Template, section: RenderedSection, inputs: PromptInputs): Record<BuiltInValue, string> {
  const given = typeof inputs.sections === 'object' && inputs.sections !== null ? inputs.sections : {};
  const missing = template.inputs.sections
    ? section.uses.filter((id) => !Object.hasOwn(given, id) || given[id] === '')
    : [];
  return {
    section_title: section.title,
    words_min: String(section.words.min),
    words_target: String(section.words.target),
    words_max: String(section.words.max),
    missing_sections: missing.join(', '),
  };
}

/** A value can quote its own nonce only by accident of SHA-256, and another's only on purpose; then the next one is taken. */
function nonceFor(value: Value, all: readonly Value[]): string {
  for (let round = 0; ; round++) {
    const nonce = contentHash(`${round}\0${value.data}\0${value.text}`).slice(0, 16);
    if (!all.some(({ text }) => text.includes(nonce))) return nonce;
  }
}

/** Parts as they are written: text joins the last one while that is `open`. */
interface Written {
  readonly parts: PromptPart[];
  open: PromptPart | null;
}

function write(out: Written, text: string): void {
  if (text === '') return;
  if (out.open) {
    out.open.text += text;
  } else {
    out.open = { text };
    out.parts.push(out.open);
  }
}

function writeFenced(out: Written, value: Value, nonce: string): void {
  write(out, `<data name="${value.data}" nonce="${nonce}">\n`);
  out.parts.push({ text: value.text, data: value.data }, { text: `\n</data nonce="${nonce}">\n` });
  out.open = null;
}
