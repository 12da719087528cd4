import type { OutputFormat } from '@planwright/contracts';
import { parseBody } from './body.js';
import type { RawNode } from './body.js';
import { BUILT_IN_VALUES, inputProblems, partialFrontMatter, templateFrontMatter } from './front-matter.js';
import type { BuiltInValue, TemplateInput } from './front-matter.js';
import { partialHash, templateHash } from './hashes.js';
import { SourceError } from './problems.js';
import { parseYaml } from './yaml.js';

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

export function parsePartial(source: string, file: string): Partial {
  const text = normalise(source);
  const { yaml, body, bodyLine } = split(text, file);
  const front = parseYaml(partialFrontMatter, yaml, file, 1);
  const [problem] = inputProblems(front.inputs);
  if (problem) throw new SourceError(file, 1, problem);
  refuseTitles(body, file, bodyLine);
  const nodes = parseBody(`${body.trimEnd()}\n`, file, bodyLine);
  const used = namesIn(nodes);
  for (const node of partialsIn(nodes)) {
    throw new SourceError(file, node.line, `a partial cannot include a partial ({{> ${node.name}}})`);
  }
  refuseUnused(front.inputs, used, file);
  return { ...front, hash: partialHash(front, body), nodes, file, text };
}

/**
 * Parses and checks a template. Its body has two parts, opened by the lines `## system` and `## user`; as no other line
 * of a template may be a heading of the first two levels, nothing in the text can be taken for such a line.
 */
export function parseTemplate(source: string, file: string, partials: ReadonlyMap<string, Partial>): Template {
  const text = normalise(source);
  const { yaml, body, bodyLine } = split(text, file);
  const front = parseYaml(templateFrontMatter, yaml, file, 1);
  const parts = roles(body, file, bodyLine);
  const included = [...new Set([parts.system, parts.user].flatMap((nodes) => partialsIn(nodes)))];
  const inputs: Record<string, TemplateInput> = { ...front.inputs };
  const hashes: Record<string, string> = {};
  for (const { name, line } of included) {
    const partial = partials.get(name);
    if (!partial) throw new SourceError(file, line, `there is no partial ${name}`);
    hashes[name] = partial.hash;
    for (const [input, declared] of Object.entries(partial.inputs)) {
      const known = inputs[input];
      if (known && JSON.stringify(known) !== JSON.stringify(declared)) {
        throw new SourceError(file, line, `input ${input} is declared differently in partial ${name}`);
      }
      inputs[input] = declared;
    }
  }
  const [problem] = inputProblems(inputs);
  if (problem) throw new SourceError(file, 1, problem);
  refuseUnused(front.inputs, new Set([...namesIn(parts.system), ...namesIn(parts.user)]), file);
  return {
    ...front,
    hash: templateHash(front, body, hashes),
    inputs,
    system: check(parts.system, { role: 'system', file, declared: front.inputs, partials, given: [] }),
    user: check(parts.user, { role: 'user', file, declared: front.inputs, partials, given: [] }),
    text,
    partials: Object.keys(hashes),
  };
}

interface Scope {
  role: 'system' | 'user';
  file: string;
  declared: Readonly<Record<string, TemplateInput>>;
  partials: ReadonlyMap<string, Partial>;
  /** Inputs known to be there, from the `{{#name}}` around. */
  given: readonly string[];
}

/** Holds every use of a name against its declaration, and puts the partials in place. */
function check(nodes: readonly RawNode[], scope: Scope): TemplateNode[] {
  return nodes.flatMap((node): TemplateNode[] => {
    if (node.kind === 'text') return [node];
    if (node.kind === 'partial') {
      const partial = scope.partials.get(node.name);
      if (!partial) throw new SourceError(scope.file, node.line, `there is no partial ${node.name}`);
      return check(partial.nodes, { ...scope, file: partial.file, declared: partial.inputs });
    }
    const { name, line } = node;
    const input = scope.declared[name];
    const builtIn = (BUILT_IN_VALUES as readonly string[]).includes(name);
    const refuse = (message: string) => new SourceError(scope.file, line, message);
    if (!input && !builtIn) throw refuse(`${name} is not declared in inputs`);
    const ours = builtIn || input?.trust === 'system';
    if (!ours && scope.role === 'system')
      throw refuse(`input ${name} has trust ${input?.trust} and cannot shape the system part`);
    if (node.kind === 'when') {
      return [{ kind: 'when', name, body: check(node.body, { ...scope, given: [...scope.given, name] }) }];
    }
    const optional = input ? !input.required : name === ('missing_sections' satisfies BuiltInValue);
    if (optional && !scope.given.includes(name))
      throw refuse(`optional ${name} must stand inside {{#${name}}} … {{/${name}}}`);
    if (ours) return [{ kind: 'inline', name }];
    if (!node.alone) throw refuse(`{{${name}}} is fenced and must stand alone on its line`);
    return [{ kind: 'fence', name }];
  });
}

function normalise(source: string): string {
  return source
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .normalize('NFC');
}

function split(text: string, file: string): { yaml: string; body: string; bodyLine: number } {
  const match = /^---\n([\s\S]*?\n)---\n/.exec(text);
  if (!match) throw new SourceError(file, 1, 'the file must open with front matter between two lines of ---');
  const bodyStart = match[0].length + (/^\n*/.exec(text.slice(match[0].length))?.[0].length ?? 0);
  return { yaml: match[1] ?? '', body: text.slice(bodyStart), bodyLine: text.slice(0, bodyStart).split('\n').length };
}

/** Cuts the body at its two role lines. */
function roles(body: string, file: string, bodyLine: number): { system: RawNode[]; user: RawNode[] } {
  const lines = body.split('\n');
  const marks = lines.flatMap((line, i) => (/^## (system|user)$/.test(line) ? [{ role: line.slice(3), i }] : []));
  const [system, user, extra] = marks;
  if (system?.role !== 'system' || user?.role !== 'user' || extra || system.i !== 0) {
    throw new SourceError(
      file,
      bodyLine + (extra?.i ?? 0),
      'the body is one part under "## system" and then one under "## user"',
    );
  }
  const part = (from: number, to: number) => {
    const text = lines.slice(from, to).join('\n');
    const skipped = text.length - text.replace(/^\n+/, '').length;
    const line = bodyLine + from + skipped;
    if (text.trim() === '') throw new SourceError(file, bodyLine + from - 1, 'this part is empty');
    refuseTitles(text.slice(skipped), file, line);
    return parseBody(`${text.trim()}\n`, file, line);
  };
  return { system: part(system.i + 1, user.i), user: part(user.i + 1, lines.length) };
}

function refuseTitles(text: string, file: string, firstLine: number): void {
  const at = text.split('\n').findIndex((line) => /^##? /.test(line));
  if (at >= 0) throw new SourceError(file, firstLine + at, 'headings inside a part start at ###');
}

function refuseUnused(
  declared: Readonly<Record<string, TemplateInput>>,
  used: ReadonlySet<string>,
  file: string,
): void {
  const unused = Object.keys(declared).find((input) => !used.has(input));
  if (unused) throw new SourceError(file, 1, `input ${unused} is declared and never used`);
}

/** Names of the values a body puts in; a name only tested by `{{#name}}` does not count as used. */
function namesIn(nodes: readonly RawNode[]): Set<string> {
  const names = nodes.flatMap((node) =>
    node.kind === 'value' ? [node.name] : node.kind === 'when' ? [...namesIn(node.body)] : [],
  );
  return new Set(names);
}

function partialsIn(nodes: readonly RawNode[]): { name: string; line: number }[] {
  return nodes.flatMap((node) =>
    node.kind === 'partial' ? [node] : node.kind === 'when' ? partialsIn(node.body) : [],
  );
}
