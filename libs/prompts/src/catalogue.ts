import { blueprint as blueprintSchema, findCycle } from '@planwright/contracts';
import type { Blueprint, Mode } from '@planwright/contracts';
import { CatalogueError, SourceError } from './problems.js';
import type { SourceProblem } from './problems.js';
import { parsePartial, parseTemplate } from './template.js';
import type { Partial, Template } from './template.js';
import { parseYaml } from './yaml.js';

/** A file of a catalogue: its path below the catalogue's folder, with `/`, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/** Blueprints and the templates they name, checked against each other. */
export interface Catalogue {
  /** By id. */
  blueprints: ReadonlyMap<string, Blueprint>;
  /** By id. */
  templates: ReadonlyMap<string, Template>;
  /** By name. */
  partials: ReadonlyMap<string, Partial>;
}

/** The blueprint of a document kind; of a kind without modes, whatever the mode asked. Undefined when there is none. */
export function findBlueprint(catalogue: Catalogue, document: string, mode: Mode | null): Blueprint | undefined {
  const ofKind = [...catalogue.blueprints.values()].filter((blueprint) => blueprint.document === document);
  return ofKind.find((blueprint) => blueprint.mode === mode) ?? ofKind.find((blueprint) => blueprint.mode === null);
}

/** Reads a whole catalogue from its files. Throws one `CatalogueError` with every problem found. */
export function parseCatalogue(files: readonly SourceFile[]): Catalogue {
  const isBlueprint = ({ path }: SourceFile) => /^blueprints\/[^/]+\.yaml$/.test(path);
  const isPartial = ({ path }: SourceFile) => /^templates\/partials\/[^/]+\.md$/.test(path);
  const isTemplate = (file: SourceFile) => /^templates\/.+\.md$/.test(file.path) && !isPartial(file);
  const strangers = files.filter((file) => !isBlueprint(file) && !isPartial(file) && !isTemplate(file));
  stopAt(strangers.map(({ path }) => ({ file: path, line: 1, message: 'this is neither a blueprint nor a template' })));

  // One kind after the other: a template that includes a broken partial would only repeat its problem.
  const partials = readAll(files.filter(isPartial), 'templates/partials/', ({ text, path }) =>
    parsePartial(text, path),
  );
  stopAt(partials.problems);
  const templates = readAll(files.filter(isTemplate), 'templates/', ({ text, path }) =>
    parseTemplate(text, path, partials.items),
  );
  const blueprints = readAll(files.filter(isBlueprint), 'blueprints/', ({ text, path }) =>
    parseYaml(blueprintSchema, text, path),
  );
  stopAt([...templates.problems, ...blueprints.problems]);

  const catalogue = { blueprints: blueprints.items, templates: templates.items, partials: partials.items };
  const misfitting = [...catalogue.blueprints.values()].flatMap((blueprint) => {
    const file = `blueprints/${blueprint.id}.yaml`;
    const lines = files.find(({ path }) => path === file)?.text.split('\n') ?? [];
    const lineOf = (place: RegExp) => Math.max(1, lines.findIndex((line) => place.test(line)) + 1);
    return misfits(blueprint, catalogue).map(({ place, message }) => ({ file, line: lineOf(place), message }));
  });
  stopAt(misfitting);
  return catalogue;
}

/** What does not fit between a blueprint and the rest of its catalogue. `place` finds the line to look at. */
function misfits(blueprint: Blueprint, { blueprints, templates }: Catalogue): { place: RegExp; message: string }[] {
  const found: { place: RegExp; message: string }[] = [];
  const { document, mode, requires } = blueprint;
  const made = new Map<string, string[]>();
  for (const other of blueprints.values()) {
    made.set(other.document, [...(made.get(other.document) ?? []), ...other.requires]);
    if (other !== blueprint && other.document === document && other.mode === mode) {
      found.push({ place: /^document:/, message: `two blueprints make ${document} in mode ${mode ?? 'none'}` });
    }
  }
  for (const kind of requires.filter((kind) => !made.has(kind))) {
    found.push({ place: /^requires:/, message: `requires ${kind}, which no blueprint makes` });
  }
  const cycle = findCycle(made);
  if (cycle?.includes(document)) {
    found.push({ place: /^requires:/, message: `documents need each other: ${cycle.join(' → ')}` });
  }
  for (const section of blueprint.sections) {
    const say = (message: string) =>
      found.push({ place: new RegExp(`\\bid: ${section.id}\\b`), message: `section ${section.id}: ${message}` });
    const template = templates.get(section.prompt);
    if (!template) {
      say(`there is no template ${section.prompt}`);
      continue;
    }
    const { kind, words } = template.output;
    if (kind !== section.output) say(`its output is ${section.output}, but ${template.id} writes ${kind}`);
    if (section.words.min < words.min || section.words.max > words.max) {
      say(`words must lie within ${words.min} to ${words.max}, for which ${template.id} was written`);
    }
    const takesSections = template.inputs.sections !== undefined;
    if (section.uses.length > 0 && !takesSections) say(`it uses sections, but ${template.id} takes none`);
    if (section.uses.length === 0 && takesSections) say(`it uses no sections, but ${template.id} takes them`);
    for (const [input, { type, required }] of Object.entries(template.inputs)) {
      if (type === 'document' && required && !blueprint.requires.includes(input)) {
        say(`${template.id} needs the document ${input}, which the blueprint does not require`);
      }
    }
  }
  return found;
}

/** Reads files of one kind; `templates/prd/draft/next-steps.md` must have the id `prd.draft.next_steps`. */
function readAll<T extends { id: string }>(
  files: readonly SourceFile[],
  folder: string,
  parse: (file: SourceFile) => T,
) {
  const items = new Map<string, T>();
  const problems: SourceProblem[] = [];
  for (const file of files) {
    try {
      const item = parse(file);
      const place = file.path
        .slice(folder.length)
        .replace(/\.(md|yaml)$/, '')
        .replaceAll('/', '.')
        .replaceAll('-', '_');
      if (item.id !== place)
        throw new SourceError(file.path, 1, `id is ${item.id}, but the file's place says ${place}`);
      if (items.has(item.id)) throw new SourceError(file.path, 1, `${item.id} is there twice`);
      items.set(item.id, item);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      problems.push(error.problem);
    }
  }
  return { items, problems };
}

function stopAt(problems: readonly SourceProblem[]): void {
  if (problems.length > 0) throw new CatalogueError(problems);
}
