import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@planwright/client';
import type { TaskResource } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import { AppProcess } from './src/app-process.js';
import { startDistributed } from './src/distributed.js';
import type { Distributed } from './src/distributed.js';
import { IDEA } from './src/driver.js';
import { FAST_WRITER } from './src/platform.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

let folder: string;
let platform: Distributed;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pw-e2e-'));
  platform = await startDistributed({ scripted: true });
}, 60_000);
beforeEach(() => platform.provider.reset());
afterAll(async () => {
  await platform?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** `npm run plan -- …` without npm. */
function plan(args: readonly string[], env: Record<string, string> = { PLANWRIGHT_URL: platform.url }): AppProcess {
  return new AppProcess({ name: 'plan', file: 'apps/cli/dist/main.js', args, env, cwd: folder });
}

const read = (...path: string[]) => readFile(join(folder, ...path), 'utf8');
const FILES = ['prd.md', 'tasks.json', 'tasks.md', 'tech-spec.md'];

test('it starts a platform by itself, shows the plan as it is written, and leaves four files and no process', async () => {
  const dataDir = join(folder, 'data');
  const cli = plan([IDEA.idea, '--constraints', IDEA.constraints, '--mode', 'draft', '--out', 'own'], {
    ...FAST_WRITER,
    PLANWRIGHT_DATA_DIR: dataDir,
  });
  expect(await cli.ended).toEqual({ code: 0, signal: null });
  expect((await readdir(join(folder, 'own'))).toSorted()).toEqual(FILES);
  const [prd, techSpec, tasks] = await Promise.all([
    read('own', 'prd.md'),
    read('own', 'tech-spec.md'),
    read('own', 'tasks.json'),
  ]);
  for (const title of ['Executive Summary', 'Problem Statement', 'Next Steps']) {
    expect(prd).toContain(title);
    expect(cli.stdout).toContain(title);
  }
  for (const text of [prd, techSpec]) {
    expect(text).toContain('drills');
    expect(text).toMatch(/placeholder/i);
  }
  const parsed = JSON.parse(tasks) as { tasks: TaskResource[] } | TaskResource[];
  expect((Array.isArray(parsed) ? parsed : parsed.tasks).length).toBeGreaterThanOrEqual(8);
  expect(await read('own', 'tasks.md')).toMatch(/^#/);
  // Where no other platform answers at the usual address it started its own, which has let go of its data.
  if (cli.stderr.includes('Starting the platform')) {
    await expect(readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'))).rejects.toThrow('ENOENT');
  }
}, 90_000);

test('a partial plan is exit code 3, with what there is in the files', async () => {
  await platform.provider.script('next_steps', { pieces: 3, end: { code: 'content_filtered', detail: 'declined' } });
  const cli = plan([IDEA.idea, '--mode', 'draft', '--out', 'partial']);
  expect(await cli.ended).toEqual({ code: 3, signal: null });
  const prd = await read('partial', 'prd.md');
  expect(prd).toContain('Text of problem_statement');
  // Text cut off is shown as such.
  expect(prd).toMatch(/> This text is unfinished\..*declined.*\n\nText of next_steps,\s*$/);
  expect(cli.stdout + cli.stderr).toContain('Next Steps');
}, 60_000);

test('a failed plan is exit code 1', async () => {
  for (const section of ['problem_statement', 'goals_objectives', 'proposed_solution']) {
    await platform.provider.script(section, { end: { code: 'auth', detail: 'the key is not known' } });
  }
  const cli = plan([IDEA.idea, '--mode', 'draft', '--out', 'failed']);
  expect(await cli.ended).toEqual({ code: 1, signal: null });
  expect(cli.stdout + cli.stderr).toContain('the key is not known');
}, 60_000);

test('Ctrl-C cancels the run: exit code 130', async () => {
  await platform.provider.script('goals_objectives', { holdAfter: 3 });
  const cli = plan([IDEA.idea, '--mode', 'draft', '--out', 'cancelled']);
  await waitFor(async () => (await platform.provider.calls()).at(-1)?.state === 'held', { what: 'the held call' });
  cli.signal('SIGINT');
  expect(await cli.ended).toEqual({ code: 130, signal: null });
  const client = createClient({ url: platform.url });
  const [project] = (await client.projects.list()).items;
  const [run] = (await client.runs.list(project?.id ?? '')).items;
  expect(run?.status).toBe('cancelled');
  expect((await platform.provider.calls()).at(-1)?.state).toBe('aborted');
}, 60_000);

test('wrong usage is exit code 2, and nothing is made', async () => {
  const client = createClient({ url: platform.url });
  const before = await client.projects.list();
  const commands: [string[], RegExp][] = [
    [[], /The idea is missing/],
    [['--mode', 'epic', 'an idea'], /--mode must be draft or detailed/],
    [['an idea', '--speed', '9'], /--speed/],
    [['missing-file.md'], /missing-file\.md/],
    [['x'.repeat(40_000)], /32000|32,000/],
  ];
  for (const [args, words] of commands) {
    const cli = plan(args);
    const { code } = await cli.ended;
    expect({ args: args.map((arg) => arg.slice(0, 40)), code }).toMatchObject({ code: 2 });
    expect(cli.stderr).toMatch(words);
  }
  const nowhere = plan(['an idea'], { PLANWRIGHT_URL: 'http://127.0.0.1:1' });
  expect(await nowhere.ended).toEqual({ code: 1, signal: null });
  expect(nowhere.stderr).toContain('No Planwright answers at PLANWRIGHT_URL');
  expect(await client.projects.list()).toEqual(before);
}, 60_000);

leaveNothingRunning();
