import { createClient } from '@planwright/client';
import type { Client } from '@planwright/client';
import type { DocumentResource, StartRunRequest, VersionResource } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import type { Distributed } from './src/distributed.js';
import { startDistributed } from './src/distributed.js';
import { IDEA, sectionOf, untilEnded } from './src/driver.js';
import { plainWriter } from './src/plain-writer.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

const DRAFT: StartRunRequest = { documents: ['prd', 'tech_spec'], mode: 'draft' };
const quick = plainWriter();
const slow = plainWriter({ chunks: 60, delayMs: 50 });
/** What is written anew with this wish takes three seconds. */
const SLOWLY = 'Take your time';
const FAILS_ONCE = 'It also lends paddling pools.';
const failures = ['once'];

let platform: Distributed;
let client: Client;
beforeAll(async () => {
  platform = await startDistributed({
    generators: 1,
    answer: (request, call) => {
      if (request.user.includes(FAILS_ONCE) && request.sectionId === 'open_questions' && failures.shift() === 'once') {
        const end = { code: 'content_filtered', detail: 'the provider would not', resets_at: null } as const;
        return { chunks: [], firstDelayMs: 1, delayMs: 1, end };
      }
      return (request.user.includes(SLOWLY) ? slow : quick)(request, call);
    },
  });
  client = createClient({ url: platform.url });
}, 90_000);
afterAll(() => platform.stop(), 60_000);

async function planned(body: StartRunRequest = DRAFT) {
  const project = await client.projects.create(IDEA);
  const run = await client.runs.start(project.id, body);
  expect(await untilEnded(client, run.id, 60_000)).toMatchObject({ status: 'succeeded' });
  return { projectId: project.id, prd: await active(project.id, 'prd') };
}

/** A document with its active version. */
async function active(
  projectId: string,
  kind: string,
): Promise<DocumentResource & { active_version: VersionResource }> {
  const { items } = await client.documents.list(projectId);
  const document = await client.documents.get(items.find((one) => one.kind === kind)?.id ?? '');
  if (!document.active_version) throw new Error(`${kind} has no active version`);
  return document as DocumentResource & { active_version: VersionResource };
}

const staleOf = ({ active_version: { sections } }: { active_version: VersionResource }): string[] =>
  sections.filter(({ stale }) => stale).map(({ id }) => id);
const textsOf = (version: VersionResource) =>
  Object.fromEntries(version.sections.map(({ id, content }) => [id, content]));
const callsOf = (since: number) => platform.ledger.calls.slice(since).map(({ sectionId }) => sectionId);

test('one section: a new version takes over all others, and what used the old text is stale until it is written anew', async () => {
  const { projectId, prd } = await planned();
  expect(prd.stale).toBe(false);
  const before = platform.ledger.calls.length;
  const preview = await client.sections.preview(prd.id, 'goals_objectives', {});
  const asked = await client.sections.regenerate(prd.id, 'goals_objectives', {}, { waitSeconds: 30 });
  expect(asked.section).toMatchObject({ id: 'goals_objectives', status: 'completed', stale: false });
  const affected = ['executive_summary', 'proposed_solution', 'open_questions', 'identified_gaps', 'next_steps'];
  expect(asked.affected_sections).toEqual(affected);
  expect(asked.warning).toBe('5 sections used this as context and may be outdated');
  const run = await untilEnded(client, asked.run_id, 20_000);
  expect(run).toMatchObject({ status: 'succeeded', kind: 'sections' });
  expect(callsOf(before)).toEqual(['goals_objectives']);
  expect(preview.documents.map(({ kind, sections }) => [kind, sections.map(({ id }) => id)])).toEqual([
    ['prd', ['goals_objectives']],
  ]);

  const now = await active(projectId, 'prd');
  expect(now.active_version.number).toBe(2);
  const { goals_objectives: goals, ...others } = textsOf(now.active_version);
  const { goals_objectives: oldGoals, ...old } = textsOf(prd.active_version);
  expect(goals).not.toBe(oldGoals);
  expect(others).toEqual(old);
  expect(textsOf(await client.versions.get(prd.active_version.id))).toEqual(textsOf(prd.active_version));
  // What used the goals: the summary and all after it; the solution was made from them as well.
  expect(staleOf(now)).toEqual(affected);
  expect(now.stale).toBe(true);
  const tech = await active(projectId, 'tech_spec');
  expect(staleOf(tech)).toEqual(tech.active_version.sections.map(({ id }) => id));

  const all = await client.runs.preview(projectId, { stale: true });
  const since = platform.ledger.calls.length;
  const update = await client.runs.start(projectId, { stale: true });
  expect(await untilEnded(client, update.id, 60_000)).toMatchObject({ status: 'succeeded' });
  expect(callsOf(since).sort()).toEqual(all.documents.flatMap(({ sections }) => sections.map(({ id }) => id)).sort());
  expect([staleOf(await active(projectId, 'prd')), staleOf(await active(projectId, 'tech_spec'))]).toEqual([[], []]);
  await expect(client.runs.start(projectId, { stale: true })).rejects.toMatchObject({
    problem: { code: 'nothing_stale' },
  });
}, 150_000);

test('an older version activated: what was made from the newer one is stale, and nothing is when it is back', async () => {
  const { projectId, prd } = await planned();
  const run = await client.runs.start(projectId, { documents: ['prd'] });
  await untilEnded(client, run.id, 60_000);
  const newer = await active(projectId, 'prd');
  expect(newer.active_version.id).not.toBe(prd.active_version.id);
  expect((await active(projectId, 'tech_spec')).stale).toBe(true);
  expect(await client.versions.activate(prd.active_version.id)).toMatchObject({
    id: prd.id,
    active_version: { id: prd.active_version.id },
  });
  expect((await active(projectId, 'tech_spec')).stale).toBe(false);
  const diff = await client.versions.diff(prd.active_version.id, newer.active_version.id);
  for (const { id, status, parts } of diff.sections) {
    expect(status).toBe('changed');
    const without = (op: string) =>
      parts
        .filter((part) => part.op !== op)
        .map(({ text }) => text)
        .join('');
    expect(without('delete')).toBe(sectionOf(newer.active_version, id).content);
    expect(without('insert')).toBe(sectionOf(prd.active_version, id).content);
  }
  await client.projects.update(projectId, { idea: `${IDEA.idea} And bicycles.` });
  expect((await active(projectId, 'prd')).stale).toBe(true);
}, 120_000);

test('sections asked for while one is being written become part of its run: one version comes of all', async () => {
  const { projectId, prd } = await planned({ documents: ['prd'], mode: 'draft' });
  const since = platform.ledger.calls.length;
  const first = await client.sections.regenerate(prd.id, 'next_steps', { custom_instructions: SLOWLY });
  await waitFor(() => callsOf(since).length === 1, { what: 'the first call' });
  const second = await client.sections.regenerate(prd.id, 'problem_statement', {
    custom_instructions: 'Say whose problem it is.',
  });
  expect(second.run_id).toBe(first.run_id);
  await expect(client.sections.regenerate(prd.id, 'next_steps')).rejects.toMatchObject({
    problem: { code: 'run_active', run_id: first.run_id, scope: 'next_steps' },
  });
  expect(await untilEnded(client, first.run_id, 30_000)).toMatchObject({ status: 'succeeded', sections_completed: 7 });
  expect(callsOf(since).sort()).toEqual(['next_steps', 'problem_statement']);
  const wish = platform.ledger.calls.at(-1)?.prompt ?? '';
  expect(wish).toContain('Say whose problem it is.');
  // The text that is replaced is shown with the wish.
  expect(wish).toContain(sectionOf(prd.active_version, 'problem_statement').content);
  const { items } = await client.documents.versions(prd.id);
  expect(items.map(({ number, status }) => [number, status])).toEqual([
    [2, 'ready'],
    [1, 'ready'],
  ]);
  const now = await active(projectId, 'prd');
  const changed = Object.entries(textsOf(now.active_version)).filter(
    ([id, text]) => sectionOf(prd.active_version, id).content !== text,
  );
  expect(changed.map(([id]) => id)).toEqual(['problem_statement', 'next_steps']);
}, 90_000);

test('a cascade is written after the section, in dependency order, and only what is affected can be in it', async () => {
  const { projectId, prd } = await planned({ documents: ['prd'], mode: 'draft' });
  await expect(
    client.sections.regenerate(prd.id, 'proposed_solution', { cascade: ['goals_objectives'] }),
  ).rejects.toMatchObject({ problem: { code: 'invalid_request', errors: [{ pointer: '/cascade/0' }] } });
  const since = platform.ledger.calls.length;
  const asked = await client.sections.regenerate(prd.id, 'proposed_solution', {
    cascade: ['executive_summary', 'open_questions', 'next_steps'],
  });
  expect(asked.affected_sections).toEqual(['identified_gaps']);
  await untilEnded(client, asked.run_id, 30_000);
  const order = callsOf(since);
  expect(order[0]).toBe('proposed_solution');
  expect(order.slice(1, 3).sort()).toEqual(['next_steps', 'open_questions']);
  expect(order.slice(3)).toEqual(['executive_summary']);
  expect(staleOf(await active(projectId, 'prd'))).toEqual(['identified_gaps']);
}, 90_000);

test('a section that waits behind a run of the whole PRD takes over what that run wrote', async () => {
  const { projectId, prd } = await planned({ documents: ['prd'], mode: 'draft' });
  const whole = await client.runs.start(projectId, { documents: ['prd'], instructions: 'Shorter, please.' });
  await expect(client.sections.regenerate(prd.id, 'next_steps')).rejects.toMatchObject({
    problem: { code: 'run_active', run_id: whole.id },
  });
  const asked = await client.sections.regenerate(prd.id, 'next_steps', { on_conflict: 'enqueue' });
  const joined = await client.sections.regenerate(prd.id, 'open_questions', { on_conflict: 'enqueue' });
  expect(joined.run_id).toBe(asked.run_id);
  await untilEnded(client, asked.run_id, 60_000);
  const { items } = await client.documents.versions(prd.id);
  const [third, second] = await Promise.all(items.slice(0, 2).map(({ id }) => client.versions.get(id)));
  expect((await active(projectId, 'prd')).active_version.id).toBe(third?.id);
  const differing = third?.sections.filter(({ id, content }) => content !== sectionOf(second, id).content);
  expect(differing?.map(({ id }) => id)).toEqual(['open_questions', 'next_steps']);
}, 90_000);

test('a failed section: whoever asks for it gets it, and the chain goes on with what was not reached', async () => {
  const project = await client.projects.create({ ...IDEA, idea: `${IDEA.idea} ${FAILS_ONCE}` });
  const run = await client.runs.start(project.id, { ...DRAFT, documents: ['prd', 'tech_spec'] });
  expect(await untilEnded(client, run.id, 60_000)).toMatchObject({ status: 'partial' });
  const prd = await active(project.id, 'prd');
  expect(sectionOf(prd.active_version, 'open_questions')).toMatchObject({ status: 'failed', content: null });
  const preview = await client.sections.preview(prd.id, 'open_questions');
  const asked = await client.sections.regenerate(prd.id, 'open_questions');
  const ended = await untilEnded(client, asked.run_id, 60_000);
  expect(ended).toMatchObject({ status: 'succeeded', retry_of: run.id });
  expect(ended.documents.map(({ kind, status }) => [kind, status])).toEqual([
    ['prd', 'ready'],
    ['tech_spec', 'ready'],
  ]);
  expect(preview.documents.map(({ kind }) => kind)).toEqual(['prd', 'tech_spec']);
}, 120_000);

leaveNothingRunning();
