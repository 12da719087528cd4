import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOps } from '../ops.js';

const EXAMPLE = new URL('../../../../examples/blueprints', import.meta.url).pathname;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'planwright-check-'));
  cpSync(EXAMPLE, dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true }));

/** `npm run ops -- blueprints check DIR ...`, without a variable set. */
async function check(...more: string[]) {
  const seen = { out: '', err: '' };
  const code = await runOps(['blueprints', 'check', dir, ...more], {
    env: {},
    out: (text) => (seen.out += text.replaceAll(dir, 'DIR')),
    err: (text) => (seen.err += text.replaceAll(dir, 'DIR')),
  });
  return { code, ...seen };
}
const change = (file: string, from: string, to: string) => {
  const text = readFileSync(join(dir, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(dir, file), text.replace(from, to));
};

it('0: the example is good', async () => {
  expect(await check()).toEqual({ code: 0, err: '', out: 'DIR: 1 blueprint, 6 templates, all good.\n' });
});

it('1: names everything that is wrong, with its place', async () => {
  change('blueprints/rfc.yaml', 'uses: [rfc_context]', 'uses: [rfc_contxt]\n    colour: red');
  change('templates/rfc/rollout.md', '{{> request}}', '{{audience}}\n{{> request}}');
  expect(await check()).toEqual({
    code: 1,
    err: '',
    out: `\
DIR/templates/rfc/rollout.md:17:1: audience is not declared in inputs
DIR/blueprints/rfc.yaml:38:12: section rfc_proposal uses rfc_contxt, which does not exist
DIR/blueprints/rfc.yaml:39:5: sections.1.colour: is not a known key

DIR: 3 problems.
`,
  });
  const { out } = await check('--json');
  expect(JSON.parse(out)).toMatchObject({ ok: false, problems: [{ line: 17, column: 1 }, {}, {}] });
});

it('0: says what stands in place of something built in', async () => {
  const builtIn = new URL('../../../../libs/prompts/templates/partials/closing.md', import.meta.url).pathname;
  cpSync(builtIn, join(dir, 'templates/partials/closing.md'), { recursive: true });
  change('templates/partials/closing.md', 'version: 1', 'version: 2');
  expect((await check()).out).toBe(
    'DIR: 1 blueprint, 6 templates, 1 partial, all good.\n  partial closing version 2, in place of the built-in 1\n',
  );
});

it('--lock: from then on a text that changes needs a new version', async () => {
  expect(await check('--lock')).toMatchObject({ code: 0 });
  change('templates/rfc/context.md', 'No solution yet.', 'No solution.');
  expect(await check('--lock')).toMatchObject({
    code: 1,
    out: expect.stringContaining('templates/rfc.context@1 has changed since it was locked: raise its version'),
  });
  change('templates/rfc/context.md', 'version: 1', 'version: 2');
  expect((await check()).out).toContain('Not in prompts.lock.json yet (--lock adds them): templates/rfc.context@2.\n');
  await check('--lock');
  expect((await check()).out).toBe('DIR: 1 blueprint, 6 templates, all good.\n');
  const lock = JSON.parse(readFileSync(join(dir, 'prompts.lock.json'), 'utf8')) as { templates: object };
  expect(Object.keys(lock.templates)).toEqual(expect.arrayContaining(['rfc.context@1', 'rfc.context@2']));
});
