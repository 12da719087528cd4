import { DOCUMENT_ALIASES, findCycle } from '@planwright/contracts';
import type { Blueprint, BlueprintSection } from '@planwright/contracts';
import type { Catalogue } from './catalogue.js';
import { featureKinds, findBlueprint } from './documents.js';
import { BUILT_IN_VALUES, OFFERED_INPUTS } from './front-matter.js';
import type { TemplateInput } from './front-matter.js';
import { blueprintHash } from './hashes.js';
import type { SourceProblem } from './problems.js';
import type { ReadFile, Template } from './template.js';

/** Where the items of a catalogue were read, by id. */
export type Places = Map<string, { file: string; at: ReadFile<unknown>['at'] }>;

type Items = Omit<Catalogue, 'own'>;

/** What is known besides the catalogue's items. */
export interface Reading {
  places: Record<keyof Items, Places>;
  /** Templates that are there and could not be read. */
  brokenTemplates: ReadonlySet<string>;
  /** False where a blueprint could not be read: a kind that is missing may be in there. */
  knowsAllKinds: boolean;
  /** What a team's own files were put over. */
  base: Items | null;
}

type Say = (path: readonly (string | number)[], message: string) => void;

/** A value in a prompt is known by its name: sections and documents can't have the name of another one. */
const RESERVED: ReadonlySet<string> = new Set([...OFFERED_INPUTS.keys(), ...BUILT_IN_VALUES, 'sections']);

/** What does not fit between the items of a catalogue. */
export function misfits(items: Items, reading: Reading): SourceProblem[] {
  const found: SourceProblem[] = [];
  const sayAt =
    (kind: keyof Items, id: string): Say =>
    (path, message) => {
      const { file, at } = reading.places[kind].get(id) ?? { file: id, at: () => ({ line: 1, column: 1 }) };
      found.push({ file, ...at(path), message });
    };
  for (const blueprint of items.blueprints.values()) {
    const { id } = blueprint;
    const before = reading.base?.blueprints.get(id);
    const isUnchanged = before !== undefined && blueprintHash(before) === blueprintHash(blueprint);
    const sayOf = (prompt: string): Say => {
      if (!isUnchanged) return sayAt('blueprints', id);
      // Its template is what was changed.
      return (_path, message) => sayAt('templates', prompt)(['id'], `blueprint ${id}: ${message}`);
    };
    if (!isUnchanged) {
      ofDocument(blueprint, items, reading, sayAt('blueprints', id));
      ofSectionIds(blueprint, items, sayAt('blueprints', id));
    }
    blueprint.sections.forEach((section, i) => {
      ofTemplate(blueprint, section, i, items, reading, sayOf(section.prompt));
    });
  }
  const kinds = new Set([...items.blueprints.values()].map(({ document }) => document));
  for (const { id, inputs } of items.partials.values()) ofInputs(inputs, kinds, reading, sayAt('partials', id));
  for (const { id, inputs, partials } of items.templates.values()) {
    const shared = partials.flatMap((name) => Object.keys(items.partials.get(name)?.inputs ?? {}));
    const own = Object.fromEntries(Object.entries(inputs).filter(([name]) => !shared.includes(name)));
    ofInputs(own, kinds, reading, sayAt('templates', id));
  }
  return found;
}

function ofDocument(blueprint: Blueprint, items: Items, { knowsAllKinds, base }: Reading, say: Say): void {
  const { id, document, mode, requires } = blueprint;
  const others = [...items.blueprints.values()];
  const made = new Map<string, string[]>();
  for (const other of others) made.set(other.document, [...(made.get(other.document) ?? []), ...other.requires]);

  const alias = DOCUMENT_ALIASES.get(document);
  if (alias) say(['document'], `${document} is another name of ${alias}`);
  if (RESERVED.has(document)) say(['document'], `${document} is the name of an input, and can't be one of a document`);
  const before = base?.blueprints.get(id);
  if (before && (before.document !== document || before.mode !== mode)) {
    say(['document'], `${id} is built in and makes ${before.document} in mode ${before.mode ?? 'none'}; so must yours`);
  }
  if (others.some((other) => other !== blueprint && other.document === document && other.mode === mode)) {
    say(['document'], `two blueprints make ${document} in mode ${mode ?? 'none'}`);
  }
  if (knowsAllKinds && !(['draft', 'detailed'] as const).every((each) => findBlueprint(items, document, each))) {
    say(['mode'], `${document} needs a blueprint for each mode, draft and detailed, or one with mode: null for both`);
  }
  requires.forEach((kind, i) => {
    if (knowsAllKinds && !made.has(kind)) say(['requires', i], `requires ${kind}, which no blueprint makes`);
  });
  const cycle = findCycle(made);
  if (cycle?.includes(document)) say(['requires'], `documents need each other: ${cycle.join(' → ')}`);

  if (!base) return;
  const builtIn = [...base.blueprints.values()];
  const isNew = !builtIn.some((other) => other.document === document);
  if (isNew && featureKinds(items).has(document)) {
    say(['document'], `${document} needs a feature's description, and only the built-in documents of a feature get it`);
  }
  const withTasks = builtIn.filter(({ sections }) => sections.some(({ output }) => output === 'tasks'));
  blueprint.sections.forEach(({ output }, i) => {
    if (output !== 'tasks' || withTasks.some((other) => other.document === document)) return;
    const kinds = [...new Set(withTasks.map((other) => other.document))].join(' and ');
    say(['sections', i, 'output'], `only ${kinds} have tasks: a board has the cards of one task set`);
  });
}

function ofSectionIds({ document, sections }: Blueprint, { blueprints }: Items, say: Say): void {
  const others = [...blueprints.values()].filter((other) => other.document !== document);
  sections.forEach(({ id }, i) => {
    const path = ['sections', i, 'id'];
    const other = others.find((one) => one.sections.some((section) => section.id === id));
    if (other) say(path, `section ${id} is one of ${other.document} already (${other.id}); ids are unique`);
    if (RESERVED.has(id)) say(path, `${id} is the name of an input, and can't be one of a section`);
  });
}

function ofTemplate(
  { document, requires }: Blueprint,
  section: BlueprintSection,
  i: number,
  items: Items,
  { brokenTemplates }: Reading,
  sayAt: Say,
): void {
  const say = (key: string, message: string) => sayAt(['sections', i, key], `section ${section.id}: ${message}`);
  const template = items.templates.get(section.prompt);
  if (!template) {
    if (!brokenTemplates.has(section.prompt)) say('prompt', `there is no template ${section.prompt}`);
    return;
  }
  const { kind, words } = template.output;
  if (kind !== section.output) say('output', `its output is ${section.output}, but ${template.id} writes ${kind}`);
  if (section.words.min < words.min || section.words.max > words.max) {
    say('words', `words must lie within ${words.min} to ${words.max}, for which ${template.id} was written`);
  }
  const takesSections = template.inputs.sections !== undefined;
  if (section.uses.length > 0 && !takesSections) say('uses', `it uses sections, but ${template.id} takes none`);
  if (section.uses.length === 0 && takesSections) say('uses', `it uses no sections, but ${template.id} takes them`);
  const isOfFeature = featureKinds(items).has(document);
  for (const kind of documentsOf(template)) {
    if (requires.includes(kind)) continue;
    // A feature is given what its project has.
    if (isOfFeature && !template.inputs[kind]?.required) continue;
    say('prompt', `${template.id} needs the document ${kind}, which the blueprint does not require`);
  }
}

/** Inputs that nobody would ever give, or that are not there in every run. */
function ofInputs(
  inputs: Readonly<Record<string, TemplateInput>>,
  kinds: ReadonlySet<string>,
  { knowsAllKinds }: Reading,
  say: Say,
): void {
  for (const [name, { type, required }] of Object.entries(inputs)) {
    const path = ['inputs', name];
    if (type === 'sections' || (BUILT_IN_VALUES as readonly string[]).includes(name)) continue;
    if (type === 'document') {
      if (knowsAllKinds && !kinds.has(name)) say(path, `there is no document ${name}`);
      continue;
    }
    const offered = OFFERED_INPUTS.get(name);
    if (!offered) {
      const texts = [...OFFERED_INPUTS.keys()].join(', ');
      say(path, `nobody gives an input ${name}; there are ${texts}, sections, and documents by kind (type: document)`);
    } else if (type !== 'text') {
      say(path, `input ${name} is a text, no ${type}`);
    } else if (required && !offered.always) {
      say(path, `input ${name} can be absent: it needs required: false`);
    }
  }
}

function documentsOf({ inputs }: Template): string[] {
  return Object.entries(inputs).flatMap(([name, { type }]) => (type === 'document' ? [name] : []));
}
