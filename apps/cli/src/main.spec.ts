import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeProblem } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import { bodiesOf, exampleVersion, runEnd } from '../test/example-run.js';
import { FakeGateway } from '../test/fake-gateway.js';
import type { Script } from '../test/fake-gateway.js';
import { USAGE } from './arguments.js';

/** The program as a person's shell sees it: a process with an exit code, signals, and two streams. */
let cwd: string;
let gateway: FakeGateway;
beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), 'plan-main-'))));
afterEach(async () => {
  await gateway.close();
  await rm(cwd, { recursive: true });
});

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const sources = fileURLToPath(new URL('../../../libs/testing/src/jest/run-sources.mjs', import.meta.url));
const nodeArguments = ['--disable-warning=ExperimentalWarning', '--experimental-transform-types', '--import', sources];

async function start(script: Partial<Script>, argv: string[], env: NodeJS.ProcessEnv = {}) {
  gateway = await FakeGateway.start(script);
  const child = spawn(process.execPath, [...nodeArguments, main, ...argv], {
    cwd,
    env: { PATH: process.env['PATH'], PLANWRIGHT_URL: gateway.url, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seen = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (seen.err += chunk.toString()));
  const code = once(child, 'close').then(([exitCode]) => exitCode as number | null);
  return { child, code, seen };
}
const idea = ['An app that finds free courts.', '--out', 'out'];
const prd = bodiesOf('prd');
const nothing = {
  versions: {
    prd: exampleVersion('prd', {}),
    tech_spec: exampleVersion('tech_spec', {}),
    task_set: exampleVersion('task_set', {}),
  },
  tasks: [],
} satisfies Partial<Script>;
const halfway = {
  ...nothing,
  events: [prd.stage(1), prd.started('problem_statement'), prd.chunk('problem_statement', 0, 'Half a sen')],
} satisfies Partial<Script>;

it('0: succeeded', async () => {
  const { code, seen } = await start({}, idea);
  expect(await code).toBe(0);
  expect(seen.err).toMatch(/^\nThe plan is ready\./);
  expect(await readdir(join(cwd, 'out'))).toHaveLength(4);
});

it('1: failed', async () => {
  const { code, seen } = await start(
    { ...nothing, events: [runEnd('failed', 'No key.')], ended: { status: 'failed' } },
    idea,
  );
  expect(await code).toBe(1);
  expect(seen.err).toContain('The plan failed.');
});

it('3: partial', async () => {
  const { code } = await start({ events: [runEnd('partial')], ended: { status: 'partial' } }, idea);
  expect(await code).toBe(3);
});

it('1: no server, in one line', async () => {
  const { code, seen } = await start({ hangsUpOn: ['GET /healthz'] }, idea);
  expect(await code).toBe(1);
  expect(seen.err).toBe(`plan: No Planwright answers at PLANWRIGHT_URL (${gateway.url}).\n`);
});

it('1: a server that hangs up, in one line', async () => {
  const { code, seen } = await start({ hangsUpOn: ['POST /v1/projects'] }, idea);
  expect(await code).toBe(1);
  expect(seen.err).toMatch(/^plan: No answer from http:\S+: [^\n]+\.\n$/);
});

it('1: a server that wants a key', async () => {
  const refusals = { 'POST /v1/projects': makeProblem('unauthenticated', 'There is no key.') };
  const { code, seen } = await start({ refusals }, idea);
  expect(await code).toBe(1);
  expect(seen.err).toBe('plan: There is no key. Put the key into PLANWRIGHT_API_KEY.\n');
});

it('2: wrong usage, with the right one', async () => {
  const { code, seen } = await start({}, ['An app', '--mode', 'thorough']);
  expect(await code).toBe(2);
  expect(seen.err).toBe(`plan: --mode must be draft or detailed, not "thorough".\n\n${USAGE}`);
  expect(seen.out).toBe('');
});

it('2: the server refuses a field, which is named', async () => {
  const errors = [{ pointer: '/idea', code: 'too_big', message: 'must have at most 32000 characters', limit: 32_000 }];
  const refusals = { 'POST /v1/projects': makeProblem('invalid_request', '/idea is too long.', { errors }) };
  const { code, seen } = await start({ refusals }, idea);
  expect(await code).toBe(2);
  expect(seen.err).toBe('plan: idea must have at most 32000 characters.\n');
});

it('2: the idea is larger than any body may be', async () => {
  const refusals = { 'POST /v1/projects': makeProblem('payload_too_large', 'The body is larger than 262144 bytes.') };
  const { code, seen } = await start({ refusals }, idea);
  expect(await code).toBe(2);
  expect(seen.err).toBe('plan: The body is larger than 262144 bytes. Send at most 256 KiB.\n');
});

it.each([['SIGINT'], ['SIGTERM'], ['SIGHUP']] as const)('130: %s cancels the run', async (signal) => {
  const { child, code, seen } = await start(halfway, idea);
  await waitFor(() => seen.out.includes('Half a sen'), { what: 'the text' });
  child.kill(signal);
  expect(await code).toBe(130);
  expect(gateway.routes.filter((route) => route.endsWith('/cancel'))).toHaveLength(1);
  expect(seen.err).toContain('Cancelled.\n');
});

it('130: the second Ctrl-C waits for nobody', async () => {
  const { child, code, seen } = await start({ ...halfway, ignoresCancel: true }, idea);
  await waitFor(() => seen.out.includes('Half a sen'), { what: 'the text' });
  child.kill('SIGINT');
  await waitFor(() => gateway.routes.some((route) => route.endsWith('/cancel')), { what: 'the cancel' });
  child.kill('SIGINT');
  expect(await code).toBe(130);
  expect(seen.err).toBe('Cancelling ... (Ctrl-C again leaves at once)\n');
});

it('0: also when nobody reads what it shows', async () => {
  const { child, code } = await start({}, idea);
  child.stdout.destroy();
  expect(await code).toBe(0);
  expect(await readdir(join(cwd, 'out'))).toHaveLength(4);
});

it('paths are relative to where the person called npm', async () => {
  const { code } = await start({}, idea, { npm_lifecycle_event: 'plan', INIT_CWD: cwd });
  expect(await code).toBe(0);
  const other = await mkdtemp(join(tmpdir(), 'plan-other-'));
  await gateway.close();
  const again = await start({}, idea, { npm_lifecycle_event: 'plan', INIT_CWD: other });
  expect(await again.code).toBe(0);
  expect(await readdir(join(other, 'out'))).toHaveLength(4);
  await rm(other, { recursive: true });
});
