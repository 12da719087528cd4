import { LineCounter, isMap, isNode, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';
import type { Faults, Place } from './problems.js';

/** A YAML text read against a schema. */
export interface ReadYaml<T> {
  /** Undefined where the text does not have the schema's shape; unknown keys alone are left out of it. */
  value: T | undefined;
  /** Where the key or list item of a path stands, or its nearest ancestor when it is absent (a missing key). */
  at: (path: readonly PropertyKey[]) => Place;
}

type Issues = readonly z.core.$ZodIssue[];

/**
 * Reads YAML against a schema. Duplicate keys, unknown keys and wrong values are told to `faults`, each with its line and
 * column. `lineOffset` is the number of lines of the file above the text.
 */
export function readYaml<T>(schema: z.ZodType<T>, text: string, faults: Faults, lineOffset = 0): ReadYaml<T> {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const place = (offset: number | undefined): Place => {
    const { line, col } = offset === undefined ? { line: 1, col: 1 } : lines.linePos(offset);
    return { line: Math.max(1, line) + lineOffset, column: Math.max(1, col) };
  };
  const at = (path: readonly PropertyKey[]) => place(offsetOf(doc, path));
  const broken = [...doc.errors, ...doc.warnings];
  for (const { pos, message } of broken) faults.say(place(pos[0]), firstLine(message));
  if (broken.length > 0) return { value: undefined, at };
  const parsed = schema.safeParse(valueOf(doc, faults, at));
  if (parsed.success) return { value: parsed.data, at };
  const { issues } = parsed.error;
  for (const issue of issues) tell(issue, faults, at);
  // What else is wrong is found without the keys nobody knows.
  const isUnknownOnly = issues.every(({ code }) => code === 'unrecognized_keys');
  if (!isUnknownOnly) return { value: undefined, at };
  for (const path of unknownKeys(issues)) doc.deleteIn(path);
  return { value: schema.safeParse(doc.toJS()).data, at };
}

function tell(issue: z.core.$ZodIssue, faults: Faults, at: ReadYaml<unknown>['at']): void {
  const say = (path: readonly PropertyKey[], message: string) =>
    faults.say(at(path), `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`);
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) say([...issue.path, key], 'is not a known key');
  } else {
    // What is wrong with a key is told one level below.
    const [key] = issue.code === 'invalid_key' ? issue.issues : [];
    const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    say(issue.path, isMissing ? 'is missing' : (key?.message ?? issue.message));
  }
}

function unknownKeys(issues: Issues): PropertyKey[][] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [],
  );
}

/** Aliases that grow beyond all bounds are refused by the parser. */
function valueOf(doc: Document, faults: Faults, at: ReadYaml<unknown>['at']): unknown {
  try {
    return doc.toJS();
  } catch (error) {
    faults.say(at([]), (error as Error).message);
    return undefined;
  }
}

function offsetOf(doc: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? doc.contents : doc.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
      if (pair && isNode(pair.key)) return pair.key.range?.[0];
    }
    const node: unknown = doc.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0];
  }
  return doc.contents?.range?.[0];
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message;
}
