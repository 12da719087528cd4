import { LineCounter, isMap, isNode, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';
import { SourceError } from './problems.js';

/**
 * Reads YAML against a schema. Duplicate keys, unknown keys and wrong values are errors that name file and line.
 * `lineOffset` is the number of lines of the file above the text.
 */
export function parseYaml<T>(schema: z.ZodType<T>, text: string, file: string, lineOffset = 0): T {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const lineAt = (offset: number | undefined) => (offset === undefined ? 1 : lines.linePos(offset).line) + lineOffset;
  const [broken] = [...doc.errors, ...doc.warnings];
  if (broken) throw new SourceError(file, lineAt(broken.pos[0]), firstLine(broken.message));
  const parsed = schema.safeParse(doc.toJS());
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (!issue) throw parsed.error;
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  throw new SourceError(file, lineAt(offsetOf(doc, path)), `${where}${issue.message}`);
}

/** Offset of the key or list item a path names, or of its nearest ancestor when it is absent (a missing key). */
function offsetOf(doc: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = doc.getIn(path.slice(0, length - 1), true);
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
