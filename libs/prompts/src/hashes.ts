import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { promptText, taskDraftList } from '@planwright/contracts';
import type { Blueprint, OutputFormat, Prompt } from '@planwright/contracts';
import { z } from 'zod';
import type { PartialFrontMatter, TemplateFrontMatter } from './front-matter.js';
import type { Template } from './template.js';

/** The values a prompt is rendered from: one text per input, and under `sections` one per section id. */
export interface PromptInputs {
  [input: string]: string | number | Readonly<Record<string, string>> | null | undefined;
}

/** Settings of one call that change what a model writes. */
export interface ModelCall {
  provider: string;
  model: string;
  maxOutputTokens: number;
  /** Sampling parameters, where the provider gets any. */
  params?: Readonly<Record<string, string | number | boolean | null>>;
}

/** SHA-256 of the UTF-8 bytes of a text, in hex. */
export function contentHash(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** JSON with sorted keys and no spaces: the same value gives the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** JSON schema a provider holds the answer to; null for Markdown. */
export function outputSchema(kind: OutputFormat): Record<string, unknown> | null {
  return kind === 'tasks' ? z.toJSONSchema(taskDraftList) : null;
}

export function partialHash(front: PartialFrontMatter, body: string): string {
  return contentHash(canonicalJson({ front, body: body.trimEnd() }));
}

/** Answers "is this the same template?": front matter, body, partials and output schema, nothing of the values. */
export function templateHash(
  front: TemplateFrontMatter,
  body: string,
  partials: Readonly<Record<string, string>>,
): string {
  return contentHash(
    canonicalJson({ front, body: body.trimEnd(), partials, output_schema: outputSchema(front.output.kind) }),
  );
}

export function blueprintHash(blueprint: Blueprint): string {
  return contentHash(canonicalJson(blueprint));
}

/** Answers "would the model be asked the same?": the exact messages, the output schema, and who is asked how. */
export function promptHash(prompt: Prompt, kind: OutputFormat, call: ModelCall): string {
  return contentHash(
    canonicalJson({
      system: promptText(prompt.system),
      user: promptText(prompt.user),
      output_schema: outputSchema(kind),
      provider: call.provider,
      model: call.model,
      max_output_tokens: call.maxOutputTokens,
      params: call.params ?? {},
    }),
  );
}

/**
 * Answers, with the template hash, "would a rerun see anything new?": a hash of the sorted pairs (name, hash of value).
 * Absent and empty values are the same.
 */
export function inputHash(inputs: PromptInputs): string {
  return contentHash(canonicalJson(inputHashes(inputs)));
}

/** Hash of every value by name; a section's name is `sections.<id>`. */
export function inputHashes(inputs: PromptInputs): Record<string, string> {
  const texts = Object.entries(inputs).flatMap(([name, value]): [string, string][] => {
    if (value === null || value === undefined) return [];
    if (typeof value !== 'object') return [[name, String(value)]];
    return Object.entries(value).map(([id, text]) => [`${name}.${id}`, text]);
  });
  return Object.fromEntries(texts.filter(([, text]) => text !== '').map(([name, text]) => [name, contentHash(text)]));
}

/** One hash for a whole document: of the hashes of its finished sections, in document order. Null where there are none. */
export function documentHash(
  sections: readonly { readonly id: string; readonly title: string; readonly sha256: string }[],
): string | null {
  if (sections.length === 0) return null;
  return contentHash(canonicalJson(sections.map(({ id, title, sha256: hash }) => [id, title, hash])));
}

/**
 * What a text is made from, by input: every input the template takes, with the hash of its value or null where there is
 * none, so that what comes into being later is seen as well. `documents` are the hashes of the inputs that are documents.
 */
export function madeFrom(
  template: Pick<Template, 'inputs'>,
  uses: readonly string[],
  inputs: PromptInputs,
  documents: Readonly<Record<string, string | null>>,
): Record<string, string | null> {
  const hashes = inputHashes(inputs);
  const names = Object.entries(template.inputs).flatMap(([name, { type }]) =>
    type === 'sections' ? uses.map((id) => `${name}.${id}`) : [name],
  );
  return Object.fromEntries(
    names.map((name) => [name, Object.hasOwn(documents, name) ? (documents[name] ?? null) : (hashes[name] ?? null)]),
  );
}
