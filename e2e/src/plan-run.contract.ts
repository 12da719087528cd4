import type { Mode, RunResource, TaskResource, VersionResource } from '@planwright/contracts';
import { createClient } from '@planwright/client';
import { findCycle } from '@planwright/contracts';
import { expectExact, expectOrder, expectOverlap, expectTurns } from './checks.js';
import { IDEA, startRun, untilEnded, versionsOf } from './driver.js';
import { FOLLOWS } from './followers.js';
import type { Follow, Follower } from './followers.js';
import type { Platform } from './platform.js';
import { beforeAll, test } from './test.js';
import { Transcript } from './transcript.js';

const STAGES: Record<Mode, readonly (readonly string[])[]> = {
  detailed: [
    ['problem_statement', 'goals_objectives', 'target_users', 'proposed_solution'],
    [
      'functional_requirements',
      'non_functional_requirements',
      'technical_considerations',
      'success_metrics',
      'timeline_milestones',
      'risks_mitigations',
      'appendix',
    ],
    ['executive_summary'],
  ],
  draft: [
    ['problem_statement', 'goals_objectives', 'proposed_solution'],
    ['open_questions', 'identified_gaps', 'next_steps'],
    ['executive_summary'],
  ],
};
const TITLES: Record<Mode, readonly string[]> = {
  detailed: [
    'Executive Summary',
    'Problem Statement',
    'Goals and Objectives',
    'Target Users',
    'Proposed Solution',
    'Functional Requirements',
    'Non-Functional Requirements',
    'Technical Considerations',
    'Success Metrics',
    'Timeline and Milestones',
    'Risks and Mitigations',
    'Appendix',
  ],
  draft: [
    'Executive Summary',
    'Problem Statement',
    'Goals and Objectives',
    'Proposed Solution',
    'Open Questions',
    'Identified Gaps',
    'Next Steps',
  ],
};
const HASH: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);

/** The main job from outside, the same on every way to run: an idea becomes a plan, and followers see it exactly. */
export function planRunContract<P extends Platform>(start: () => Promise<P>, more?: (platform: () => P) => void): void {
  let platform: P;
  beforeAll(async () => void (platform = await start()), 60_000);
  afterAll(() => platform?.stop(), 60_000);

  test('a DETAILED run writes 12 sections in three stages, then tech spec and tasks, and every follower ends exact', async () => {
    const resume = platform.halt();
    const { client, projectId, run: begun } = await startRun(platform, { mode: 'detailed' });
    expect(begun).toMatchObject({ status: 'queued', mode: 'detailed', retry_of: null, error: null, steps: QUEUED });
    const early = await everyFollow(platform, begun.id);
    if (resume) for (const { transcript } of early) expect(transcript.heard).toEqual([]);
    resume?.();
    const watched = early[0]!.transcript;
    await watched.until('text of Target Users', (e) => e.type === 'chunk' && e.section_id === 'target_users');

    const middle = await client.runs.get(begun.id);
    expectHonest(middle);
    const late = await everyFollow(platform, begun.id);
    const tails = await everyFollow(platform, begun.id, () => Transcript.after(middle));
    const restless = await everyFollow(platform, begun.id);
    await cutAndComeBack(platform, begun.id, restless);

    const run = await untilEnded(client, begun.id, 60_000);
    const last = await everyFollow(platform, begun.id);
    const versions = await versionsOf(client, run);
    expectSucceeded(run, versions, 'detailed');
    const all = [early, late, tails, restless, last].flat();
    for (const { transcript } of all) await transcript.untilEnd(10_000);
    const unseen = completedIn(middle);
    for (const { transcript } of [early, late, restless, last].flat()) expectExact(transcript, run, versions);
    for (const { transcript } of tails) expectExact(transcript, run, versions, { unseen });
    for (const { transcript } of [early, late, last].flat()) expectOrder(transcript.events);
    const prd = run.documents[0]!;
    expectTurns(watched.events, prd.id, STAGES.detailed[0]!);
    expectOverlap(run, watched.events, STAGES.detailed[1]!);
    expect(watched.events.flatMap((e) => (e.type === 'stage' && e.document === 'prd' ? [e.sections] : []))).toEqual(
      STAGES.detailed,
    );
    for (const follower of all) follower.cut();

    await expectDocuments(platform, projectId, run);
    expectBoard((await client.tasks.list(projectId, { limit: 100 })).items, run);
  }, 100_000);

  test('a DRAFT run writes 7 sections, then tech spec and tasks', async () => {
    const { client, projectId, run: begun } = await startRun(platform, { mode: 'draft' });
    const followers = await everyFollow(platform, begun.id);
    const run = await untilEnded(client, begun.id, 60_000);
    const versions = await versionsOf(client, run);
    expectSucceeded(run, versions, 'draft');
    for (const { transcript } of followers) await transcript.untilEnd(10_000);
    for (const { transcript } of followers) {
      expectExact(transcript, run, versions);
      expectOrder(transcript.events);
      expectTurns(transcript.events, run.documents[0]!.id, STAGES.draft[0]!);
    }
    for (const follower of followers) follower.cut();
    await expectDocuments(platform, projectId, run);
    expectBoard((await client.tasks.list(projectId, { limit: 100 })).items, run);
  }, 100_000);

  test('twenty requests at once make one run; the others are told its id, and a cancelled run frees the project', async () => {
    const client = createClient({ url: platform.url });
    const { id: projectId } = await client.projects.create(IDEA);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        fetch(`${addressOf(platform, i)}/v1/projects/${projectId}/runs`, { method: 'POST' }).then(async (response) => ({
          status: response.status,
          body: (await response.json()) as Record<string, unknown>,
        })),
      ),
    );
    const [made, ...others] = answers.toSorted((a, b) => a.status - b.status);
    expect(made?.status).toBe(202);
    for (const other of others) {
      expect(other).toMatchObject({ status: 409, body: { code: 'run_active', run_id: made?.body['id'] } });
    }
    expect((await client.runs.list(projectId)).items).toHaveLength(1);

    const runId = String(made?.body['id']);
    const followers = await everyFollow(platform, runId);
    await client.runs.cancel(runId);
    const run = await untilEnded(client, runId, 20_000);
    expect(run.status).toBe('cancelled');
    for (const { status } of run.documents) expect(status).toBe('cancelled');
    for (const { transcript, cut } of followers) {
      await transcript.untilEnd(10_000);
      expect(transcript.faults).toEqual([]);
      cut();
    }
    expect(await client.runs.cancel(runId)).toMatchObject({ status: 'cancelled', finished_at: run.finished_at });
    const next = await client.runs.start(projectId, { documents: ['prd'], mode: 'draft' });
    expect((await untilEnded(client, next.id, 30_000)).status).toBe('succeeded');
  }, 60_000);

  more?.(() => platform);
}

const QUEUED: unknown = expect.not.arrayContaining([expect.not.objectContaining({ status: 'queued', attempt: 0 })]);

/** One on each transport, each at another address where there are several. */
async function everyFollow(platform: Platform, runId: string, resume?: () => Transcript): Promise<Follower[]> {
  return Promise.all(
    FOLLOWS.map(([, follow], i) => follow({ url: addressOf(platform, i), runId, ...(resume && { resume: resume() }) })),
  );
}

const addressOf = ({ url, urls }: Platform, index: number): string => urls[index % urls.length] ?? url;

/** Loses the connection in the middle of a text three times and goes on where it was, each time at another address. */
async function cutAndComeBack(platform: Platform, runId: string, followers: readonly Follower[]): Promise<void> {
  const lose = async ({ transcript, cut }: Follower, follow: Follow): Promise<void> => {
    let disconnect = cut;
    for (const [i, section] of ['proposed_solution', 'appendix', 'component_design'].entries()) {
      await transcript.until(`text of ${section}`, (e) => e.type === 'chunk' && e.section_id === section);
      disconnect();
      disconnect = (await follow({ url: addressOf(platform, i), runId, resume: transcript })).cut;
    }
    await transcript.untilEnd(60_000);
    disconnect();
  };
  await Promise.all(followers.map((follower, i) => lose(follower, FOLLOWS[i]![1])));
}

/** Read while the third section is being written. */
function expectHonest(run: RunResource): void {
  const completed = run.steps.filter(({ status }) => status === 'succeeded').length;
  expect(run).toMatchObject({ status: 'running', current_stage: 1, sections_total: 12, finished_at: null });
  expect(run.sections_completed).toBe(completed);
  expect(run.documents.map(({ status }) => status)).toEqual(['generating', 'queued', 'queued']);
  expect(run.stream.seq).toBeGreaterThan(0);
}

function completedIn(run: RunResource): Set<string> {
  const idOf = new Map(run.documents.map(({ kind, id }) => [kind, id]));
  const done = run.steps.filter(({ status }) => status === 'succeeded');
  return new Set(done.map(({ document, section_id }) => `${idOf.get(document)}/${section_id}`));
}

function expectSucceeded(run: RunResource, versions: Record<string, VersionResource>, mode: Mode): void {
  const total = TITLES[mode].length;
  expect(run).toMatchObject({
    status: 'succeeded',
    mode,
    error: null,
    problem: null,
    provider: 'offline',
    writing: [],
  });
  expect(run.input_snapshot).toMatchObject({ idea: IDEA.idea, constraints: IDEA.constraints });
  expect(run.documents.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
    'prd ready',
    'tech_spec ready',
    'task_set ready',
  ]);
  expect(run.documents[0]).toMatchObject({ sections_completed: total, sections_total: total });
  for (const { sections_completed, sections_total } of run.documents) expect(sections_completed).toBe(sections_total);
  expect(run).toMatchObject({ current_stage: 1, sections_completed: 1, sections_total: 1 });
  expect(Date.parse(run.started_at ?? '')).toBeGreaterThanOrEqual(Date.parse(run.created_at));
  expect(Date.parse(run.finished_at ?? '')).toBeGreaterThan(Date.parse(run.started_at ?? ''));
  for (const step of run.steps) {
    expect(step).toMatchObject({ status: 'succeeded', attempt: 1, error: null, problem: null, provider: 'offline' });
    expect(step.usage?.output_tokens).toBeGreaterThan(0);
    expect(Date.parse(step.finished_at ?? '')).toBeGreaterThanOrEqual(Date.parse(step.started_at ?? ''));
  }
  expectInStages(run, STAGES[mode]);

  expect(versions['prd']?.sections.map(({ title, order }) => `${order} ${title}`)).toEqual(
    TITLES[mode].map((title, order) => `${order} ${title}`),
  );
  for (const version of Object.values(versions)) {
    const hashes = { prompt_hash: HASH, template_hash: HASH, input_hash: HASH };
    expect(version).toMatchObject({ number: 1, status: 'ready', run_id: run.id, provider: 'offline', ...hashes });
    for (const section of version.sections) {
      const written = { status: 'completed', error: null, problem: null, draft: null, stale: false, sha256: HASH };
      expect(section).toMatchObject({ ...written, ...hashes, provider: 'offline' });
      expect(section.content).toMatch(/placeholder/i);
      expect(section.content?.length).toBeGreaterThan(300);
      expect(section.generated_at).not.toBeNull();
    }
    const text = version.sections.map(({ content }) => content).join('\n');
    for (const word of ['neighbours', 'shelf', 'drills']) expect(text).toContain(word);
  }
}

/** By the steps' own instants: stage 1 one after another, stage 2 after it, stage 3 after all, then the next document. */
function expectInStages({ steps }: RunResource, stages: readonly (readonly string[])[]): void {
  const find = (id: string) => steps.find(({ document, section_id }) => document === 'prd' && section_id === id);
  const started = (id: string) => Date.parse(find(id)?.started_at ?? '');
  const finished = (id: string) => Date.parse(find(id)?.finished_at ?? '');
  const [first = [], second = [], third = []] = stages;
  for (const [i, id] of first.entries()) {
    const before = first[i - 1];
    if (before !== undefined) expect(started(id)).toBeGreaterThanOrEqual(finished(before));
  }
  expect(Math.min(...second.map(started))).toBeGreaterThanOrEqual(Math.max(...first.map(finished)));
  expect(Math.min(...third.map(started))).toBeGreaterThanOrEqual(Math.max(...second.map(finished)));
  const end = (document: string) =>
    Math.max(...steps.filter((step) => step.document === document).map((step) => Date.parse(step.finished_at ?? '')));
  const begin = (document: string) =>
    Math.min(...steps.filter((step) => step.document === document).map((step) => Date.parse(step.started_at ?? '')));
  expect(begin('tech_spec')).toBeGreaterThanOrEqual(end('prd'));
  expect(begin('task_set')).toBeGreaterThanOrEqual(end('tech_spec'));
}

/** What a reader finds: documents with their active versions, and the project's pointers to them. */
async function expectDocuments({ url }: Platform, projectId: string, run: RunResource): Promise<void> {
  const read = async (path: string) => (await (await fetch(`${url}/v1${path}`)).json()) as Record<string, unknown>;
  const [prd, tech, tasks] = run.documents.map(({ version_id }) => version_id);
  expect(await read(`/projects/${projectId}`)).toMatchObject({
    active_prd_version_id: prd,
    active_tech_version_id: tech,
    active_task_set_id: tasks,
  });
  const { items } = (await read(`/projects/${projectId}/documents`)) as { items: { id: string; kind: string }[] };
  expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(['prd', 'tech_spec', 'task_set']));
  for (const { id, kind, version_id } of run.documents) {
    expect(await read(`/documents/${id}`)).toMatchObject({
      id,
      kind,
      status: 'ready',
      stale: false,
      active_version: { id: version_id, status: 'ready' },
    });
    expect(await read(`/documents/${id}/versions`)).toMatchObject({ items: [{ id: version_id, number: 1 }] });
  }
  expect(await read(`/projects/${projectId}/runs`)).toMatchObject({ items: [{ id: run.id, status: 'succeeded' }] });
}

/** At least eight cards, each with acceptance criteria, in an order that can be worked through. */
function expectBoard(tasks: readonly TaskResource[], run: RunResource): void {
  expect(tasks.length).toBeGreaterThanOrEqual(8);
  const taskSet = run.documents.find(({ kind }) => kind === 'task_set')?.version_id;
  const ids = new Set(tasks.map(({ id }) => id));
  for (const task of tasks) {
    expect(task).toMatchObject({ origin: 'ai', status: 'todo', source_task_set_id: taskSet, edited_fields: [] });
    expect(task.acceptance_criteria.length).toBeGreaterThan(0);
    expect(task.dependencies.every((id) => ids.has(id))).toBe(true);
  }
  expect(tasks.some(({ dependencies }) => dependencies.length > 0)).toBe(true);
  expect(findCycle(new Map(tasks.map(({ id, dependencies }) => [id, dependencies])))).toBeNull();
  expect(new Set(tasks.map(({ key }) => key)).size).toBe(tasks.length);
  expect(tasks.map(({ rank }) => rank)).toEqual(tasks.map(({ rank }) => rank).toSorted());
}
