import { compileFunction } from 'node:vm';
import { HOOK, instrument } from './instrument.js';
import { PLACES, ROLES } from './places.js';
import { instrumentRole, listCrashPoints } from './points.js';

/** Runs instrumented code as the body of an async function, and answers what was passed in order. */
async function trace(source: string, given: Record<string, unknown> = {}): Promise<unknown[]> {
  const passed: unknown[] = [];
  const { code } = instrument(`async function main() { ${source} }`, 'f');
  const known = {
    ...given,
    note: (value: unknown) => void passed.push(value),
    globalThis: { [Symbol.for(HOOK)]: (name: string) => void passed.push(name.replace('f#main ', '')) },
  };
  const run = compileFunction(`${code}; return main();`, Object.keys(known)) as (
    ...values: unknown[]
  ) => Promise<unknown>;
  await run(...Object.values(known));
  return passed;
}

const later = (value: unknown) => Promise.resolve(value);

it('names both sides of every await after its function', () => {
  const source = `
    class A { async run() { await this.a(); return async () => { await b({ c: 1 }); }; } async #end() { await 1; } }
    const go = async () => { await x; };
    await top;`;
  expect(instrument(source, 'apps/a').points).toEqual([
    'apps/a#run 1: this.a() (before)',
    'apps/a#run 1: this.a() (after)',
    'apps/a#run 2: b({ c: 1 }) (before)',
    'apps/a#run 2: b({ c: 1 }) (after)',
    'apps/a##end 1: 1 (before)',
    'apps/a##end 1: 1 (after)',
    'apps/a#go 1: x (before)',
    'apps/a#go 1: x (after)',
    'apps/a#module 1: top (before)',
    'apps/a#module 1: top (after)',
  ]);
});

it('passes before what is awaited begins, and after it has succeeded', async () => {
  const passed = await trace(`note(await (note('begins'), later('value')))`, { later });
  expect(passed).toEqual([
    `1: (note('begins'), later('value')) (before)`,
    'begins',
    `1: (note('begins'), later('value')) (after)`,
    'value',
  ]);
});

it('does not pass the second side of what failed', async () => {
  const passed = await trace(`try { await fail(); } catch { note('caught'); }`, {
    fail: () => Promise.reject(new Error()),
  });
  expect(passed).toEqual(['1: fail() (before)', 'caught']);
});

it.each([
  ['one inside the other', 'note(await later(await later(1)))', ['1 before', '2 before', '2 after', '1 after', 1]],
  ['a member of the value', 'note((await later([7])).length)', ['1 before', '1 after', 1]],
  [
    'inside a template',
    'note(`${await later(1)}${await later(2)}`)',
    ['1 before', '1 after', '2 before', '2 after', '12'],
  ],
  ['begun at the start of a line', 'const a = later(3)\n;await a\n;note(1)', ['1 before', '1 after', 1]],
])('leaves the meaning as it was: %s', async (_, source, expected) => {
  const passed = await trace(source, { later });
  expect(passed.map((entry) => (typeof entry === 'string' ? entry.replace(/: .* \((\w+)\)$/, ' $1') : entry))).toEqual(
    expected,
  );
});

it.each(['for await (const x of all()) { note(x); }', 'for await (const x of all()) note(x);'])(
  'passes every round of: %s',
  async (source) => {
    const all = async function* () {
      yield 1;
      yield 2;
    };
    expect(await trace(source, { all })).toEqual(['1: all() (before)', '1: all() (after)', 1, '1: all() (after)', 2]);
  },
);

it('keeps every line where it was, and what has no point as it is', () => {
  const source = 'a();\nconst f = async () => {\n  await b(\n    1,\n  );\n  throw new Error();\n};\n';
  const lines = instrument(source, 'f').code.split('\n');
  expect(lines.length).toBe(source.split('\n').length);
  expect(lines[5]).toBe('  throw new Error();');
  expect(instrument('a();', 'f')).toEqual({ code: 'a();', points: [] });
});

it('refuses what it can not put points around', () => {
  expect(() => instrument('async function f() { await using a = b(); }', 'f')).toThrow('await using');
});

it.each(ROLES)('every place of the %s is there and has points of its own', (role) => {
  const { points } = instrumentRole(role);
  for (const { path } of PLACES[role]) {
    const begin = path.replace('/dist', '').replace(/\.js$/, '');
    expect(points.filter(({ file }) => file === begin || file.startsWith(`${begin}/`))).not.toEqual([]);
  }
});

it('no two points of a role have one name', () => {
  const names = listCrashPoints().map(({ role, name }) => `${role} ${name}`);
  expect(new Set(names).size).toBe(names.length);
});
