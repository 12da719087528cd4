import { createClient } from '@planwright/client';
import type { Client } from '@planwright/client';
import type { RunEstimate, StartRunRequest } from '@planwright/contracts';
import { startDistributed } from '../src/distributed.js';
import type { Distributed } from '../src/distributed.js';
import type { Comparison } from '../src/preview/compare.js';
import { compare, errorOf } from '../src/preview/compare.js';
import { IDEAS } from '../src/preview/ideas.js';
import { beforeAll, leaveNothingRunning, test } from '../src/test.js';

/** Nine in ten previews may be off by at most this share of what the run then used. */
const BAR = 0.25;

let platform: Distributed;
let client: Client;
beforeAll(async () => {
  platform = await startDistributed({
    env: { PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: '0', PLANWRIGHT_OFFLINE_CHUNK_MS: '0' },
  });
  client = createClient({ url: platform.url });
}, 90_000);
afterAll(() => platform.stop(), 60_000);

/** The offline writer writes English, and what it quotes of other scripts is more than it says in a short section. */
const FIXED = IDEAS.filter(({ idea }) => /^[\p{ASCII}\p{Script=Latin}\p{P}]*$/u.test(idea));

const done: Comparison[] = [];
const projects: string[] = [];

function expectBar(some: readonly Comparison[]): void {
  expect(some.flatMap(({ what, mismatches }) => mismatches.map((line) => `${what}: ${line}`))).toEqual([]);
  expect(some.flatMap(({ unfinished }) => unfinished ?? [])).toEqual([]);
  const off = (share: number) => some.filter((one) => errorOf(one, null) > share).length;
  console.info(`${some.length} previews: ${off(0.05)} off by more than 5 %, ${off(0.1)} by 10 %, ${off(BAR)} by 25 %`);
  expect(off(BAR)).toBeLessThanOrEqual(Math.floor(some.length / 10));
}

test('plans of a workspace that has no history: the lists are the run’s, nine of ten estimates within a quarter', async () => {
  expect(FIXED.length).toBeGreaterThanOrEqual(12);
  const asked: { projectId: string; body: StartRunRequest; preview: RunEstimate }[] = [];
  for (const [i, idea] of FIXED.entries()) {
    const { id: projectId } = await client.projects.create(idea);
    const body: StartRunRequest = { mode: i % 2 === 0 ? 'draft' : 'detailed' };
    asked.push({ projectId, body, preview: await client.runs.preview(projectId, body) });
  }
  expect(
    asked.flatMap(({ preview }) => preview.documents.flatMap((one) => one.sections)).map(({ from }) => from),
  ).not.toContain('history');
  for (const { projectId, body, preview } of asked) {
    done.push(await compare(client, String(body.mode), preview, await client.runs.start(projectId, body)));
    projects.push(projectId);
  }
  expectBar(done);
}, 240_000);

test('texts written anew: the input is known to the token where all that is read is there', async () => {
  const anew: Comparison[] = [];
  for (const projectId of projects.slice(0, 4)) {
    const { items } = await client.documents.list(projectId);
    const prd = items.find(({ kind }) => kind === 'prd')?.id ?? '';
    for (const body of [{}, { custom_instructions: 'Say it in numbers.' }]) {
      const preview = await client.sections.preview(prd, 'goals_objectives', body);
      const { run_id: id } = await client.sections.regenerate(prd, 'goals_objectives', body);
      const one = await compare(client, 'one section', preview, { id });
      expect(one.estimated.input).toBe(one.used.input);
      anew.push(one);
    }
    const requests: StartRunRequest[] = [
      { stale: true },
      { sections: ['problem_statement', 'data_model'] },
      { sections: ['proposed_solution'], downstream: true },
      { documents: ['tech_spec'] },
    ];
    for (const body of requests) {
      const preview = await client.runs.preview(projectId, body);
      anew.push(await compare(client, JSON.stringify(body), preview, await client.runs.start(projectId, body)));
    }
  }
  expectBar(anew);
}, 240_000);

leaveNothingRunning();
