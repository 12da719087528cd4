import { promptText } from '@planwright/contracts';
import type { Blueprint, BlueprintSection, Prompt, PromptPrefix } from '@planwright/contracts';
import { canonicalJson, contentHash } from './hashes.js';
import type { Template, TemplateNode } from './template.js';

/**
 * Prompts of sections that are written side by side begin alike, so that providers read what they share from their cache:
 * the system part, then the data all of them are given. What is asked of each comes after. Which data that is follows
 * from the templates and the blueprint alone, so each prompt can be rendered without the others.
 */

/** What is rendered of one section of a stage: `uses` in the order of `inStageOrder`. */
export interface StagePrompt {
  readonly template: Template;
  readonly uses: readonly string[];
}

/** Values that each section has for itself. */
const OWN: ReadonlySet<string> = new Set(['section_title', 'words_min', 'words_target', 'words_max', 'current_text']);

const KEY_LENGTH = 32;

/**
 * What a section uses, in the order in which its prompt shows it: in a parallel stage first what most of its sections
 * use, and among these what is written first. Elsewhere the order of the blueprint stays.
 */
export function inStageOrder(blueprint: Blueprint, section: Pick<BlueprintSection, 'id' | 'uses'>): string[] {
  const stage = blueprint.stages.find(({ sections }) => sections.includes(section.id));
  if (stage?.mode !== 'parallel') return [...section.uses];
  const siblings = blueprint.sections.filter(({ id }) => stage.sections.includes(id));
  const usedBy = (used: string) => siblings.filter(({ uses }) => uses.includes(used)).length;
  const written = blueprint.stages.flatMap(({ sections }) => sections);
  return section.uses.toSorted((a, b) => usedBy(b) - usedBy(a) || written.indexOf(a) - written.indexOf(b));
}

/**
 * Names of the data with which the prompts of a stage begin, whatever is in them; null where there is no other prompt,
 * or not even the system parts are the same.
 */
export function sharedData(stage: readonly StagePrompt[]): ReadonlySet<string> | null {
  const [first, ...others] = stage;
  if (!first || others.length === 0) return null;
  const system = leavesOf(first.template.system);
  const systems = others.map(({ template }) => leavesOf(template.system));
  if (system.some(isOwn) || systems.some((leaves) => !areAlike(leaves, system))) return null;
  const common = first.uses.filter((id) => others.every(({ uses }) => uses.includes(id)));
  const sameUses = stage.every(({ uses }) => uses.length === common.length);
  const names = new Set<string>();
  const rest = others.map(({ template }) => leavesOf(template.user));
  for (const [i, leaf] of leavesOf(first.template.user).entries()) {
    const isMissing = leaf.name === 'missing_sections' && !sameUses;
    if (isOwn(leaf) || isMissing || rest.some((leaves) => !isAlike(leaves[i], leaf))) break;
    if (leaf.kind !== 'fence') continue;
    for (const name of leaf.name === 'sections' ? common : [leaf.name]) names.add(name);
    if (leaf.name === 'sections' && !sameUses) break;
  }
  return names;
}

/**
 * What the prompt shares with its siblings: the system part, and the user part up to the end of the last value that all
 * of them begin with. The key is made of these bytes, so two prompts have the same one if and only if they share them,
 * whatever was expected.
 */
export function sharedPrefix(prompt: Prompt, shared: ReadonlySet<string> | null): PromptPrefix | null {
  if (shared === null) return null;
  let parts = 0;
  for (const [i, { data }] of prompt.user.entries()) {
    if (data === undefined) continue;
    if (!shared.has(data)) break;
    // The closing fence line is a part of its own.
    parts = i + 2;
  }
  const bytes = { system: promptText(prompt.system), user: promptText(prompt.user.slice(0, parts)) };
  return { parts, key: contentHash(canonicalJson(bytes)).slice(0, KEY_LENGTH) };
}

/** A template in one row: what a block holds stands between its `when` and its `end`, and text in one piece. */
interface Leaf {
  kind: 'text' | 'inline' | 'fence' | 'when' | 'end';
  /** Of the value; empty for a text. */
  name: string;
  text: string;
}

function leavesOf(nodes: readonly TemplateNode[], leaves: Leaf[] = []): Leaf[] {
  for (const node of nodes) {
    const last = leaves.at(-1);
    if (node.kind === 'text' && last?.kind === 'text') {
      last.text += node.text;
    } else if (node.kind === 'text') {
      leaves.push({ kind: 'text', name: '', text: node.text });
    } else {
      leaves.push({ kind: node.kind, name: node.name, text: '' });
      if (node.kind === 'when') leavesOf(node.body, leaves).push({ kind: 'end', name: node.name, text: '' });
    }
  }
  return leaves;
}

function areAlike(some: readonly Leaf[], others: readonly Leaf[]): boolean {
  return some.length === others.length && some.every((leaf, i) => isAlike(others[i], leaf));
}

function isAlike(some: Leaf | undefined, other: Leaf): boolean {
  return some?.kind === other.kind && some.name === other.name && some.text === other.text;
}

function isOwn({ name }: Leaf): boolean {
  return OWN.has(name);
}
