import ts from 'typescript';

/** What an instrumented module calls at each point, with the point's name, if somebody has put it there. */
export const HOOK = 'planwright.crash-point';

export interface Instrumented {
  /** The module with a call at every point, line by line where it was. */
  code: string;
  /** Names of its points, in the order of the source. */
  points: string[];
}

/** A text to be put into the source. */
interface Insertion {
  at: number;
  text: string;
}

const SNIPPET_LENGTH = 40;

/**
 * Puts a point before and behind every `await` (and every round of a `for await`) of a built module. A point is named
 * `<file>#<function> <number>: <what is awaited> (before|after)`; the number counts the awaits of one function.
 *
 * Before: what is awaited has not begun. After: it has succeeded, and nothing of what follows has begun. What lies
 * between (a message that is sent and not confirmed) is where the awaited function's own points are.
 */
export function instrument(source: string, file: string): Instrumented {
  const tree = ts.createSourceFile('module.js', source, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  const points: string[] = [];
  const begins: Insertion[] = [];
  const ends: Insertion[] = [];
  const counts = new Map<string, number>();

  const name = (node: ts.Node, awaited: ts.Expression): [before: string, after: string] => {
    const place = `${file}#${functionOf(node)}`;
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    const point = `${place} ${count}: ${snippet(awaited.getText(tree))}`;
    const both: [string, string] = [`${point} (before)`, `${point} (after)`];
    points.push(...both);
    return both;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isAwaitExpression(node)) {
      const [before, after] = name(node, node.expression);
      begins.push({ at: node.getStart(tree), text: `$crashPoint(${JSON.stringify(after)}, ` });
      begins.push({ at: node.expression.getStart(tree), text: `($crashPoint(${JSON.stringify(before)}), ` });
      ts.forEachChild(node, visit);
      ends.push({ at: node.end, text: '))' });
    } else if (ts.isForOfStatement(node) && node.awaitModifier) {
      const [before, after] = name(node, node.expression);
      const call = `$crashPoint(${JSON.stringify(after)});`;
      begins.push({ at: node.expression.getStart(tree), text: `($crashPoint(${JSON.stringify(before)}), ` });
      visit(node.expression);
      ends.push({ at: node.expression.end, text: ')' });
      begins.push({ at: node.statement.getStart(tree), text: `{ ${call} ` });
      visit(node.statement);
      ends.push({ at: node.statement.end, text: ' }' });
    } else if (isAwaitUsing(node)) {
      throw new Error(`${file} has an "await using"; crash points know no such thing yet`);
    } else {
      ts.forEachChild(node, visit);
    }
  };
  visit(tree);
  if (points.length === 0) return { code: source, points };
  const prelude = `const $crashPoint = (name, value) => (globalThis[Symbol.for(${JSON.stringify(HOOK)})]?.(name), value); `;
  return { code: prelude + put(source, begins, ends), points };
}

/** At one place what ends comes before what begins; the sort is stable, so outer begins stay before inner ones. */
function put(source: string, begins: readonly Insertion[], ends: readonly Insertion[]): string {
  const all = [...ends, ...begins].sort((a, b) => a.at - b.at);
  let code = '';
  let done = 0;
  for (const { at, text } of all) {
    code += source.slice(done, at) + text;
    done = at;
  }
  return code + source.slice(done);
}

/** The nearest function with a name; a callback belongs to the function it is written in. */
function functionOf(node: ts.Node): string {
  for (let at: ts.Node | undefined = node.parent; at; at = at.parent) {
    if (ts.isConstructorDeclaration(at)) return 'constructor';
    if (!ts.isFunctionLike(at)) continue;
    if (at.name) return at.name.getText();
    const parent: ts.Node = at.parent;
    if ((ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) && parent.initializer === at) {
      return parent.name.getText();
    }
  }
  return 'module';
}

function isAwaitUsing(node: ts.Node): boolean {
  const wanted: number = ts.NodeFlags.AwaitUsing;
  return ts.isVariableDeclarationList(node) && (node.flags & wanted) === wanted;
}

function snippet(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > SNIPPET_LENGTH ? `${line.slice(0, SNIPPET_LENGTH)}…` : line;
}
