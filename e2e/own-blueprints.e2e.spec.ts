import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@planwright/client';
import { loadCatalogue } from '@planwright/prompts';
import { waitFor } from '@planwright/testing';
import { AppProcess } from './src/app-process.js';
import { IDEA, startRun, untilEnded, versionsOf } from './src/driver.js';
import { startStandalone } from './src/standalone.js';
import type { Standalone } from './src/standalone.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

const EXAMPLE = new URL('../examples/blueprints', import.meta.url).pathname;
const TITLES = ['Context', 'Proposal', 'Alternatives', 'Drawbacks', 'Rollout', 'Open Questions'];

let folder: string;
let own: string;
let platform: Standalone;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pw-e2e-'));
  own = join(folder, 'blueprints');
  await cp(EXAMPLE, own, { recursive: true });
  platform = await startStandalone({ PLANWRIGHT_BLUEPRINTS_DIR: own });
}, 60_000);
afterAll(async () => {
  await platform?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(join(own, file), 'utf8');
  expect(text).toMatch(from);
  await writeFile(join(own, file), text.replace(from, to));
}

test('the example: an RFC is written from the PRD by the offline writer, and read like any document', async () => {
  const { client, projectId, run: begun } = await startRun(platform, { documents: ['rfc', 'prd'], mode: 'draft' });
  expect(begun.documents.map(({ kind, sections_total: total }) => `${kind} ${total}`)).toEqual(['prd 7', 'rfc 6']);
  const followed: string[] = [];
  for await (const seen of client.runs.follow(begun.id)) {
    if (seen.type === 'event' && seen.event.type === 'section_complete' && seen.event.document === 'rfc') {
      followed.push(seen.event.title);
    }
  }
  expect(followed.toSorted()).toEqual(TITLES.toSorted());
  const run = await untilEnded(client, begun.id, 60_000);
  expect(run).toMatchObject({ status: 'succeeded', error: null });
  const { rfc } = await versionsOf(client, run);
  expect(rfc?.sections.map(({ title }) => title)).toEqual(TITLES);
  for (const { content, sha256, prompt_hash, template_hash, input_hash } of rfc?.sections ?? []) {
    expect(content).toMatch(/_Placeholder text by the offline writer/);
    expect([sha256, prompt_hash, template_hash, input_hash]).toEqual(
      Array(4).fill(expect.stringMatching(/^[0-9a-f]{64}$/)),
    );
  }
  expect(rfc?.sections[1]?.content).toContain('tool');
  const documents = (await client.documents.list(projectId)).items;
  expect(documents.map(({ kind, status }) => `${kind} ${status}`).toSorted()).toEqual(['prd ready', 'rfc ready']);
  const kinds = (await client.blueprints.list()).items;
  expect(kinds.find(({ document }) => document === 'rfc')).toMatchObject({ id: 'rfc', title: 'RFC', in_plans: true });
  // The project has a PRD now: the RFC can be written alone.
  const again = await client.runs.start(projectId, { documents: ['rfc'] });
  expect((await untilEnded(client, again.id, 60_000)).status).toBe('succeeded');
}, 90_000);

test('from the terminal, with what it is made from', async () => {
  const args = [IDEA.idea, '--mode', 'draft', '--documents', 'rfc', '--out', 'own'];
  const cli = new AppProcess({
    ...{ name: 'plan', file: 'apps/cli/dist/main.js', args, cwd: folder },
    env: { PLANWRIGHT_URL: platform.url },
  });
  expect(await cli.ended).toEqual({ code: 0, signal: null });
  expect((await readdir(join(folder, 'own'))).toSorted()).toEqual(['prd.md', 'rfc.md']);
  const rfc = await readFile(join(folder, 'own', 'rfc.md'), 'utf8');
  expect(rfc).toMatch(/^# .*: RFC\n/);
  for (const title of TITLES) expect(rfc).toContain(`\n## ${title}\n`);
  expect(cli.stdout).toContain('# RFC\n');
}, 60_000);

test('a folder that changes between two steps changes runs to come, and no run that has begun', async () => {
  const before = loadCatalogue(own);
  const slow = { PLANWRIGHT_BLUEPRINTS_DIR: own, PLANWRIGHT_OFFLINE_CHUNK_MS: '40' };
  await platform.restart(slow);
  const { client, projectId, run } = await startRun(platform, { documents: ['prd', 'rfc'], mode: 'draft' });
  const statusOf = async (section: string) =>
    (await client.runs.get(run.id)).steps.find(({ section_id }) => section_id === section)?.status;
  await waitFor(async () => (await statusOf('problem_statement')) === 'succeeded', { what: 'the first section' });

  await edit('templates/rfc/context.md', 'version: 1', 'version: 2');
  await edit('templates/rfc/context.md', 'No solution yet.', 'No solution yet, and no history.');
  await edit('blueprints/rfc.yaml', 'version: 1', 'version: 2');
  await edit('blueprints/rfc.yaml', 'title: Drawbacks', 'title: What speaks against it');
  const after = loadCatalogue(own);
  const context = 'rfc.context';
  expect(after.templates.get(context)?.hash).not.toBe(before.templates.get(context)?.hash);
  // Read by nobody but a process that starts.
  await platform.restart({ PLANWRIGHT_BLUEPRINTS_DIR: own });

  const anew = createClient({ url: platform.url });
  const begun = await untilEnded(anew, run.id, 60_000);
  expect(begun.status).toBe('succeeded');
  const old = (await versionsOf(anew, begun))['rfc'];
  const sectionsOf = (version: typeof old) => version?.sections.map(({ title }) => title);
  expect(sectionsOf(old)).toEqual(TITLES);
  expect(old?.sections[0]?.template_hash).toBe(before.templates.get(context)?.hash);

  const next = await anew.runs.start(projectId, { documents: ['rfc'] });
  const fresh = (await versionsOf(anew, await untilEnded(anew, next.id, 60_000)))['rfc'];
  expect(sectionsOf(fresh)).toEqual(TITLES.with(3, 'What speaks against it'));
  expect(fresh?.sections[0]?.template_hash).toBe(after.templates.get(context)?.hash);
  expect(fresh?.sections[1]?.template_hash).toBe(old?.sections[1]?.template_hash);
}, 90_000);

test('a folder with mistakes: nothing starts, and all of them are listed', async () => {
  const broken = join(folder, 'broken');
  await cp(EXAMPLE, broken, { recursive: true });
  const rfc = await readFile(join(broken, 'blueprints/rfc.yaml'), 'utf8');
  await writeFile(
    join(broken, 'blueprints/rfc.yaml'),
    rfc.replace('requires: [prd]', 'requires: [prd, adr]\ncolour: red'),
  );
  await writeFile(join(broken, 'templates/rfc/context.md'), 'Write something.');
  const ends = ['standalone', 'gateway'].map(async (name) => {
    const app = new AppProcess({
      ...{ name, file: `apps/${name}/dist/main.js` },
      env: {
        ...{ PORT: '0', PLANWRIGHT_BLUEPRINTS_DIR: broken, PLANWRIGHT_DATA_DIR: join(folder, 'never') },
        ...{
          DATABASE_URL: 'postgres://127.0.0.1:1/x',
          RABBITMQ_URL: 'amqp://127.0.0.1:1',
          REDIS_URL: 'redis://127.0.0.1:1',
        },
      },
    });
    return { code: (await app.ended).code, lines: app.stderr.replaceAll(`${broken}/`, '').split('\n').filter(Boolean) };
  });
  for (const end of await Promise.all(ends)) {
    expect(end).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(/^(standalone|planwright|gateway): PLANWRIGHT_BLUEPRINTS_DIR has 4 problems:$/),
        '  templates/rfc/context.md:1:1: the file must open with front matter between two lines of ---',
        '  templates/rfc/context.md:1:1: the body is one part under "## system" and then one under "## user"',
        '  blueprints/rfc.yaml:8:17: requires adr, which no blueprint makes',
        '  blueprints/rfc.yaml:9:1: colour: is not a known key',
      ],
    });
  }
}, 60_000);

leaveNothingRunning();
