import type { OutputFormat } from '@planwright/contracts';
import type { z } from 'zod';
import { parseBody } from './body.js';
import type { RawNode } from './body.js';
import { BUILT_IN_VALUES, inputProblems, partialFrontMatter, templateFrontMatter } from './front-matter.js';
import type { BuiltInValue, TemplateInput } from './front-matter.js';
import { partialHash, templateHash } from './hashes.js';
import { Faults, sound } from './problems.js';
import type { Place, Read } from './problems.js';
import { readYaml } from './yaml.js';
import type { ReadYaml } from './yaml.js';

/** A node of a checked template: partials are in place and every name is known. */
export type TemplateNode =
  | { kind: 'text'; text: string }
  /** A `system` value inside a sentence. */
  | { kind: 'inline'; name: string }
  /** A value of any other trust, alone between fence lines that the renderer writes. */
  | { kind: 'fence'; name: string }
  | { kind: 'when'; name: string; body: TemplateNode[] };

/** A piece of text several templates share. It declares the inputs it uses; a template that includes it has them too. */
export interface Partial {
  id: string;
  version: number;
  hash: string;
  inputs: Record<string, TemplateInput>;
  nodes: RawNode[];
  file: string;
  /** The whole file, with LF line ends and in NFC. */
  text: string;
}

/** A checked prompt template. */
export interface Template {
  id: string;
  version: number;
  /** Changes with the front matter, the body, any partial it includes, and the output schema. */
  hash: string;
  output: { kind: OutputFormat; words: { min: number; max: number } };
  /** Own inputs and those of its partials. */
  inputs: Record<string, TemplateInput>;
  system: TemplateNode[];
  user: TemplateNode[];
  /** The whole file, with LF line ends and in NFC. */
  text: string;
  /** Names of the partials it includes. */
  partials: string[];
}

/** Throws `CatalogueError` with everything wrong with the text. */
export function parsePartial(source: string, file: string): Partial {
  return sound(readPartial(source, file));
}

/** Throws `CatalogueError` with everything wrong with the text. */
export function parseTemplate(source: string, file: string, partials: ReadonlyMap<string, Partial>): Template {
  return sound(readTemplate(source, file, partials));
}

/** What is known of a file besides its item: where its inputs are declared. */
export interface ReadFile<T> extends Read<T> {
  at: ReadYaml<unknown>['at'];
}

/** Reads and checks a partial. */
export function readPartial(source: string, file: string): ReadFile<Partial> {
  const faults = new Faults(file);
  const text = normalise(source);
  const { yaml, body, bodyLine } = split(text);
  const { value: front, at } = readFront(partialFrontMatter, yaml, faults);
  refuseTitles(body, faults, bodyLine);
  const nodes = parseBody(`${body.trimEnd()}\n`, faults, bodyLine);
  for (const node of partialsIn(nodes)) faults.say(node, `a partial cannot include a partial ({{> ${node.name}}})`);
  if (!front) return { item: undefined, problems: faults.problems, at };
  sayInputProblems(front.inputs, namesIn(nodes), faults, at);
  // Where it will stand is not known yet: the user part takes everything that is fenced.
  check(nodes, { role: 'user', faults, declared: front.inputs, partials: null, given: [] });
  const item = { ...front, hash: partialHash(front, body), nodes, file, text };
  return { item, problems: faults.problems, at };
}

/**
 * Reads and checks a template. Its body has two parts, opened by the lines `## system` and `## user`; as no other line
 * of a template may be a heading of the first two levels, nothing in the text can be taken for such a line. Of a partial
 * that is there and can't be read (`null`) nothing is said: its own problems are.
 */
export function readTemplate(
  source: string,
  file: string,
  partials: ReadonlyMap<string, Partial | null>,
): ReadFile<Template> {
  const faults = new Faults(file);
  const text = normalise(source);
  const { yaml, body, bodyLine } = split(text);
  const { value: front, at } = readFront(templateFrontMatter, yaml, faults);
  const parts = roles(body, faults, bodyLine);
  if (!front || !parts) return { item: undefined, problems: faults.problems, at };
  const included = [...new Set([parts.system, parts.user].flatMap((nodes) => partialsIn(nodes)))];
  const inputs: Record<string, TemplateInput> = { ...front.inputs };
  const hashes: Record<string, string> = {};
  for (const node of included) {
    const partial = partials.get(node.name);
    if (!partial) continue;
    hashes[node.name] = partial.hash;
    for (const [input, declared] of Object.entries(partial.inputs)) {
      const known = inputs[input];
      if (known && JSON.stringify(known) !== JSON.stringify(declared)) {
        faults.say(node, `input ${input} is declared differently in partial ${node.name}`);
      }
      inputs[input] = declared;
    }
  }
  sayInputProblems(front.inputs, new Set([...namesIn(parts.system), ...namesIn(parts.user)]), faults, at);
  const scope = { faults, declared: front.inputs, partials, given: [] };
  const item = {
    ...front,
    hash: templateHash(front, body, hashes),
    inputs,
    system: check(parts.system, { role: 'system', ...scope }),
    user: check(parts.user, { role: 'user', ...scope }),
    text,
    partials: Object.keys(hashes),
  };
  return { item, problems: faults.problems, at };
}

interface Scope {
  role: 'system' | 'user';
  faults: Faults;
  declared: Readonly<Record<string, TemplateInput>>;
  /** Null while a partial is read, which includes none. */
  partials: ReadonlyMap<string, Partial | null> | null;
  /** Inputs known to be there, from the `{{#name}}` around. */
  given: readonly string[];
  /** The tag of the template that put this partial in: what is wrong with it here is wrong there. */
  from?: Place;
}

/** Holds every use of a name against its declaration, and puts the partials in place. */
function check(nodes: readonly RawNode[], scope: Scope): TemplateNode[] {
  return nodes.flatMap((node): TemplateNode[] => {
    if (node.kind === 'text') return [node];
    if (node.kind === 'partial') return checkPartial(node, scope);
    const { name } = node;
    const input = scope.declared[name];
    const builtIn = (BUILT_IN_VALUES as readonly string[]).includes(name);
    const ours = builtIn || input?.trust === 'system';
    const refuse = (message: string) => {
      // A partial has been told this when it was read.
      if (!scope.from) scope.faults.say(node, message);
    };
    if (!input && !builtIn) refuse(`${name} is not declared in inputs`);
    else if (!ours && scope.role === 'system')
      scope.faults.say(scope.from ?? node, `input ${name} has trust ${input?.trust} and cannot shape the system part`);
    if (node.kind === 'when') {
      return [{ kind: 'when', name, body: check(node.body, { ...scope, given: [...scope.given, name] }) }];
    }
    const optional = input ? !input.required : name === ('missing_sections' satisfies BuiltInValue);
    if (optional && !scope.given.includes(name))
      refuse(`optional ${name} must stand inside {{#${name}}} … {{/${name}}}`);
    if (ours) return [{ kind: 'inline', name }];
    if (input && !node.alone) refuse(`{{${name}}} is fenced and must stand alone on its line`);
    return [{ kind: 'fence', name }];
  });
}

function checkPartial(node: Extract<RawNode, { kind: 'partial' }>, scope: Scope): TemplateNode[] {
  // A partial inside a partial has been refused as such.
  if (!scope.partials || scope.from) return [];
  const partial = scope.partials.get(node.name);
  if (partial === undefined) scope.faults.say(node, `there is no partial ${node.name}`);
  if (!partial) return [];
  return check(partial.nodes, { ...scope, declared: partial.inputs, from: node });
}

function normalise(source: string): string {
  return source
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .normalize('NFC');
}

/** `yaml` is null where the file does not open with front matter. */
function split(text: string): { yaml: string | null; body: string; bodyLine: number } {
  const match = /^---\n([\s\S]*?\n)---\n/.exec(text);
  if (!match) return { yaml: null, body: text, bodyLine: 1 };
  const bodyStart = match[0].length + (/^\n*/.exec(text.slice(match[0].length))?.[0].length ?? 0);
  return { yaml: match[1] ?? '', body: text.slice(bodyStart), bodyLine: text.slice(0, bodyStart).split('\n').length };
}

function readFront<T>(schema: z.ZodType<T>, yaml: string | null, faults: Faults): ReadYaml<T> {
  if (yaml !== null) return readYaml(schema, yaml, faults, 1);
  const start = { line: 1, column: 1 };
  faults.say(start, 'the file must open with front matter between two lines of ---');
  return { value: undefined, at: () => start };
}

/** Cuts the body at its two role lines. */
function roles(body: string, faults: Faults, bodyLine: number): { system: RawNode[]; user: RawNode[] } | null {
  const lines = body.split('\n');
  const marks = lines.flatMap((line, i) => (/^## (system|user)$/.test(line) ? [{ role: line.slice(3), i }] : []));
  const [system, user, extra] = marks;
  if (system?.role !== 'system' || user?.role !== 'user' || extra || system.i !== 0) {
    const line = bodyLine + (extra?.i ?? 0);
    faults.say({ line, column: 1 }, 'the body is one part under "## system" and then one under "## user"');
    return null;
  }
  const part = (from: number, to: number) => {
    const text = lines.slice(from, to).join('\n');
    const skipped = text.length - text.replace(/^\n+/, '').length;
    const line = bodyLine + from + skipped;
    if (text.trim() === '') {
      faults.say({ line: bodyLine + from - 1, column: 1 }, 'this part is empty');
      return [];
    }
    refuseTitles(text.slice(skipped), faults, line);
    return parseBody(`${text.trim()}\n`, faults, line);
  };
  return { system: part(system.i + 1, user.i), user: part(user.i + 1, lines.length) };
}

function refuseTitles(text: string, faults: Faults, firstLine: number): void {
  text.split('\n').forEach((line, i) => {
    if (/^##? /.test(line)) faults.say({ line: firstLine + i, column: 1 }, 'headings inside a part start at ###');
  });
}

function sayInputProblems(
  declared: Readonly<Record<string, TemplateInput>>,
  used: ReadonlySet<string>,
  faults: Faults,
  at: ReadYaml<unknown>['at'],
): void {
  for (const { input, message } of inputProblems(declared)) faults.say(at(['inputs', input]), message);
  for (const input of Object.keys(declared).filter((name) => !used.has(name))) {
    faults.say(at(['inputs', input]), `input ${input} is declared and never used`);
  }
}

/** Names of the values a body puts in; a name only tested by `{{#name}}` does not count as used. */
function namesIn(nodes: readonly RawNode[]): Set<string> {
  const names = nodes.flatMap((node) =>
    node.kind === 'value' ? [node.name] : node.kind === 'when' ? [...namesIn(node.body)] : [],
  );
  return new Set(names);
}

function partialsIn(nodes: readonly RawNode[]): Extract<RawNode, { kind: 'partial' }>[] {
  return nodes.flatMap((node) =>
    node.kind === 'partial' ? [node] : node.kind === 'when' ? partialsIn(node.body) : [],
  );
}
