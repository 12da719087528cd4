import type { Faults, Place } from './problems.js';

/** A tag of a template body. `alone` says that nothing else stands on its line. */
interface Tag extends Place {
  kind: 'value' | 'open' | 'close' | 'partial';
  name: string;
  alone: boolean;
}

/** A template body as written, before partials are put in. */
export type RawNode =
  | { kind: 'text'; text: string }
  | ({ kind: 'value'; name: string; alone: boolean } & Place)
  | ({ kind: 'when'; name: string; body: RawNode[] } & Place)
  | ({ kind: 'partial'; name: string } & Place);

const TAG = /\{\{([#/>]?)\s*([a-z][a-z0-9_]*)\s*\}\}/y;
const KINDS = { '': 'value', '#': 'open', '/': 'close', '>': 'partial' } as const;

/**
 * Parses a body once. The language has four tags and no logic: `{{name}}` puts a value in, `{{#name}} … {{/name}}` keeps
 * its inside when the value is there, `{{> name}}` puts a partial in. Anything else in double braces is an error, so a
 * typo cannot pass as text. A tag alone on its line takes its line break with it. Errors are told to `faults`.
 */
export function parseBody(text: string, faults: Faults, firstLine: number): RawNode[] {
  const root: RawNode[] = [];
  const open: { tag: Tag; body: RawNode[]; into: RawNode[] }[] = [];
  let into = root;
  for (const token of tokens(text, faults, firstLine)) {
    if (typeof token === 'string') {
      into.push({ kind: 'text', text: token });
    } else if (token.kind === 'open') {
      const body: RawNode[] = [];
      into.push({ kind: 'when', name: token.name, line: token.line, column: token.column, body });
      open.push({ tag: token, body, into });
      into = body;
    } else if (token.kind === 'close') {
      const last = open.at(-1);
      if (last?.tag.name !== token.name) {
        const expected = last ? `{{/${last.tag.name}}} was expected` : 'nothing is open';
        faults.say(token, `{{/${token.name}}} closes nothing: ${expected}`);
        continue;
      }
      open.pop();
      into = last.into;
    } else {
      into.push({ ...token, kind: token.kind });
    }
  }
  for (const { tag } of open) faults.say(tag, `{{#${tag.name}}} is never closed`);
  return root;
}

function* tokens(text: string, faults: Faults, firstLine: number): Generator<string | Tag> {
  let from = 0;
  let at = text.indexOf('{{');
  while (at >= 0) {
    const line = firstLine + (text.slice(0, at).match(/\n/g)?.length ?? 0);
    const lineStart = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
    const column = at - lineStart + 1;
    TAG.lastIndex = at;
    const match = TAG.exec(text);
    if (!match) {
      faults.say({ line, column }, 'double braces hold {{name}}, {{#name}}, {{/name}} or {{> name}} only');
      at = text.indexOf('{{', at + 2);
      continue;
    }
    const lineBreak = text.indexOf('\n', TAG.lastIndex);
    const lineEnd = lineBreak < 0 ? text.length : lineBreak;
    const alone = (text.slice(lineStart, at) + text.slice(TAG.lastIndex, lineEnd)).trim() === '';
    const [, sigil = '', name = ''] = match;
    const before = text.slice(from, alone ? lineStart : at);
    if (before !== '') yield before;
    yield { kind: KINDS[sigil as keyof typeof KINDS], name, line, column, alone };
    from = alone ? Math.min(lineEnd + 1, text.length) : TAG.lastIndex;
    at = text.indexOf('{{', TAG.lastIndex);
  }
  if (from < text.length) yield text.slice(from);
}
