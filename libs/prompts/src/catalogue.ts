import { blueprintProblems, blueprintShape } from '@planwright/contracts';
import type { Blueprint } from '@planwright/contracts';
import { misfits } from './misfits.js';
import type { Places } from './misfits.js';
import { CatalogueError, Faults, problemLine } from './problems.js';
import type { SourceProblem } from './problems.js';
import { readPartial, readTemplate } from './template.js';
import type { Partial, ReadFile, Template } from './template.js';
import { readYaml } from './yaml.js';

/** A file of a catalogue. */
export interface SourceFile {
  /** Below the catalogue's folder, with `/`. */
  path: string;
  text: string;
  /** What people know it by. Default: `path`. */
  name?: string;
}

/** Blueprints and the templates they name, checked against each other. */
export interface Catalogue {
  /** By id. */
  blueprints: ReadonlyMap<string, Blueprint>;
  /** By id. */
  templates: ReadonlyMap<string, Template>;
  /** By name. */
  partials: ReadonlyMap<string, Partial>;
  /** What a team has added or put in place of something built in. */
  own: readonly OwnItem[];
}

/** Something of a team's own in a catalogue. */
export interface OwnItem {
  kind: 'blueprint' | 'template' | 'partial';
  id: string;
  version: number;
  /** Version of what it stands in place of; null where it is new. */
  replaces: number | null;
}

/**
 * Reads a catalogue from its files. Files of a team's own (`own`) are put over them: one with the path of another, and so
 * with its id, takes its place, all others are added. Throws one `CatalogueError` with every problem found.
 */
export function parseCatalogue(files: readonly SourceFile[], own: readonly SourceFile[] = []): Catalogue {
  if (own.length === 0) return { ...read(files, null), own: [] };
  const base = read(files, null);
  const key = ({ path }: SourceFile) => path.replaceAll('-', '_');
  const taken = new Set(own.map(key));
  const merged = read([...files.filter((file) => !taken.has(key(file))), ...own], base);
  const items = own.flatMap(({ path }): OwnItem[] => {
    const place = KINDS.find(({ folder }) => path.startsWith(folder));
    if (!place) return [];
    const id = idAt(path, place.folder);
    const item = place.items(merged).get(id);
    return item
      ? [{ kind: place.kind, id, version: item.version, replaces: place.items(base).get(id)?.version ?? null }]
      : [];
  });
  return { ...merged, own: items };
}

type Checked = Omit<Catalogue, 'own'>;

const PARTIALS = 'templates/partials/';
const TEMPLATES = 'templates/';
const BLUEPRINTS = 'blueprints/';

/** The narrower folder first. */
const KINDS = [
  { kind: 'blueprint', folder: BLUEPRINTS, items: ({ blueprints }) => blueprints },
  { kind: 'partial', folder: PARTIALS, items: ({ partials }) => partials },
  { kind: 'template', folder: TEMPLATES, items: ({ templates }) => templates },
] as const satisfies {
  kind: OwnItem['kind'];
  folder: string;
  items: (of: Checked) => ReadonlyMap<string, { version: number }>;
}[];

/** `base`: what `files` were put over, if anything. */
function read(files: readonly SourceFile[], base: Checked | null): Checked {
  const isBlueprint = ({ path }: SourceFile) => /^blueprints\/[^/]+\.yaml$/.test(path);
  const isPartial = ({ path }: SourceFile) => /^templates\/partials\/[^/]+\.md$/.test(path);
  const isTemplate = (file: SourceFile) => /^templates\/.+\.md$/.test(file.path) && !isPartial(file);
  const strangers = files
    .filter((file) => !isBlueprint(file) && !isPartial(file) && !isTemplate(file))
    .map((file): SourceProblem => ({
      file: nameOf(file),
      line: 1,
      column: 1,
      message: 'this is neither blueprints/*.yaml nor templates/**/*.md, and nothing would read it',
    }));
  const partials = readAll(files.filter(isPartial), PARTIALS, ({ text }, name) => readPartial(text, name));
  const templates = readAll(files.filter(isTemplate), TEMPLATES, ({ text }, name) =>
    readTemplate(text, name, partials.known),
  );
  const blueprints = readAll(files.filter(isBlueprint), BLUEPRINTS, ({ text }, name) => readBlueprint(text, name));
  const catalogue = { blueprints: blueprints.items, templates: templates.items, partials: partials.items };
  const places = { blueprints: blueprints.places, templates: templates.places, partials: partials.places };
  // Kinds that a broken blueprint may make are not missed.
  const knowsAllKinds = blueprints.broken.size === 0;
  const problems = [
    ...strangers,
    ...partials.problems,
    ...templates.problems,
    ...blueprints.problems,
    ...misfits(catalogue, { places, brokenTemplates: templates.broken, knowsAllKinds, base }),
  ];
  if (problems.length > 0) throw new CatalogueError(inOrder(problems));
  return catalogue;
}

/** File by file, from top to bottom, each said once. */
function inOrder(problems: readonly SourceProblem[]): SourceProblem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  const unique = [...new Map(problems.map((problem) => [problemLine(problem), problem])).values()];
  return unique.sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column);
}

function readBlueprint(text: string, name: string): ReadFile<Blueprint> {
  const faults = new Faults(name);
  const { value: item, at } = readYaml(blueprintShape, text, faults);
  for (const { path, message } of item ? blueprintProblems(item) : []) faults.say(at(path), message);
  return { item, problems: faults.problems, at };
}

/** Reads files of one kind; `templates/prd/draft/next-steps.md` must have the id `prd.draft.next_steps`. */
function readAll<T extends { id: string }>(
  files: readonly SourceFile[],
  folder: string,
  readFile: (file: SourceFile, name: string) => ReadFile<T>,
) {
  const items = new Map<string, T>();
  const places: Places = new Map();
  const broken = new Set<string>();
  const problems: SourceProblem[] = [];
  for (const file of files) {
    const id = idAt(file.path, folder);
    const name = nameOf(file);
    const { item, at, ...found } = readFile(file, name);
    problems.push(...found.problems);
    if (item && item.id !== id) {
      problems.push({ file: name, ...at(['id']), message: `id is ${item.id}, but the file's place says ${id}` });
    }
    if (!item || item.id !== id) {
      broken.add(id);
    } else if (items.has(id)) {
      problems.push({ file: name, ...at(['id']), message: `${id} is there twice` });
    } else {
      items.set(id, item);
      places.set(id, { file: name, at });
    }
  }
  const known = new Map<string, T | null>([...[...broken].map((id) => [id, null] as const), ...items]);
  return { items, places, broken, known, problems };
}

function idAt(path: string, folder: string): string {
  return path
    .slice(folder.length)
    .replace(/\.(md|yaml)$/, '')
    .replaceAll('/', '.')
    .replaceAll('-', '_');
}

function nameOf({ path, name = path }: SourceFile): string {
  return name;
}
