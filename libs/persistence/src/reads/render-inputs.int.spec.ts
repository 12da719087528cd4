import type { Blueprint } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import { execute, finish, handle, insert, newProject, openDatabase, PRD, runOf, TASK_SET } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import type { NewRun } from '../index.js';

let own: TestDb;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());

const stepOf = (run: NewRun, i: number, document = 0) => run.documents[document]?.steps[i]?.id ?? '';
const read = async (stepId: string, attempt: number) => (await own.db.read.renderInputs([{ stepId, attempt }]))[0];
const start = (run: NewRun) => handle(own.db, run.id, { type: 'run_started', at: Date.now() });
const write = (run: NewRun, stepId: string, content: string) =>
  handle(own.db, run.id, { type: 'step_generated', stepId, attempt: 1, at: Date.now() }, { stepId, content });

it('has what a section is rendered from, while its attempt is current', async () => {
  const projectId = await newProject(own.db);
  const run = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
  const step = (i: number, document = 0) => stepOf(run, i, document);
  expect(await read(step(0), 0)).toBeNull();
  await start(run);
  expect(await read(step(0), 1)).toMatchObject({
    runId: run.id,
    projectId,
    class: 'interactive',
    mode: 'draft',
    document: 'prd',
    section: { id: 'problem', title: 'The problem' },
    stage: { number: 1, streamed: true },
    timeoutMs: 60_000,
    repair: null,
    sections: {},
    documents: {},
    inputSnapshot: run.inputSnapshot,
    templates: run.templates,
    blueprint: PRD,
  });
  await write(run, step(0), 'The problem is …');
  expect(await read(step(0), 1)).toBeNull();
  expect((await read(step(1), 1))?.sections).toEqual({ problem: 'The problem is …' });
  expect(await read(step(1), 2)).toBeNull();
  for (const i of [1, 2]) await write(run, step(i), `text ${i}`);
  const tasks = await read(step(0, 1), 1);
  expect(tasks).toMatchObject({ document: 'task_set', mode: null, sections: {} });
  expect(tasks?.documents).toMatchObject({
    prd: {
      requirements: [],
      versionId: run.documents[0]?.versionId,
      sections: [
        { id: 'summary', title: 'The summary', content: 'text 2' },
        { id: 'problem', title: 'The problem', content: 'The problem is …' },
        { id: 'goals', title: 'The goals', content: 'text 1' },
      ],
    },
  });
});

it('is nothing while a section it uses is still to be written: the run was given that meanwhile', async () => {
  const projectId = await newProject(own.db);
  const first = await insert(own.db, runOf(projectId));
  await finish(own.db, first.id, (section) => `The ${section}.`);
  const [prd] = runOf(projectId).documents;
  if (!prd) throw new Error('a run writes a document');
  const from = first.documents[0]?.versionId ?? '';
  const carried = ['problem', 'goals'].map((sectionId) => ({ sectionId, fromVersionId: from }));
  const steps = prd.steps.filter(({ sectionId }) => sectionId === 'summary');
  const documents = [{ ...prd, steps, carried, sourceVersionId: from }];
  const run = await insert(own.db, runOf(projectId, [PRD], { kind: 'sections', documents }));
  await start(run);
  expect((await read(stepOf(run, 0), 1))?.sections).toEqual({ problem: 'The problem.', goals: 'The goals.' });
  const added = { id: newId(), sectionId: 'goals', instructions: null };
  await own.db.transaction(async (tx) => {
    const locked = await tx.runs.lock(run.id);
    const written = locked?.state.documents[0];
    if (!locked || !written) throw new Error('the run is gone');
    await tx.runs.addSections(locked, { ...written, steps: [added] });
  });
  expect(await read(stepOf(run, 0), 1)).toBeNull();
  // The orchestrator takes the summary back, and issues it again when the goals are written.
  await start(run);
  expect(
    await execute(own.db, 'SELECT section_id, status, attempt, reason FROM steps WHERE run_id = $1 ORDER BY ordinal', [
      run.id,
    ]),
  ).toEqual([
    { section_id: 'summary', status: 'delayed', attempt: 1, reason: 'inputs' },
    { section_id: 'goals', status: 'queued', attempt: 1, reason: null },
  ]);
  const { steps: shown } = (await own.db.read.run(run.workspaceId, run.id)) ?? { steps: [] };
  expect(shown.map(({ status, next_attempt_at }) => [status, next_attempt_at])).toEqual([
    ['queued', null],
    ['queued', null],
  ]);
  await write(run, added.id, 'Other goals.');
  expect((await read(stepOf(run, 0), 2))?.sections).toEqual({ problem: 'The problem.', goals: 'Other goals.' });
});

it('answers several fences in their order, each from its own run', async () => {
  const stages = PRD.stages.map((stage) => ({ ...stage, mode: 'parallel' as const }));
  const wide: Blueprint = { ...PRD, stages };
  const [one, other] = await Promise.all(
    [PRD, wide].map(async (blueprint) => insert(own.db, runOf(await newProject(own.db), [blueprint]))),
  );
  if (!one || !other) throw new Error('two runs were made');
  await start(one);
  await start(other);
  await write(one, stepOf(one, 0), 'The problem of one');
  const fences = [
    { stepId: stepOf(other, 1), attempt: 1 },
    { stepId: newId(), attempt: 1 },
    { stepId: stepOf(one, 1), attempt: 1 },
    { stepId: stepOf(one, 0), attempt: 1 },
    { stepId: stepOf(other, 0), attempt: 2_147_483_648 },
    { stepId: stepOf(other, 0), attempt: 1 },
    { stepId: stepOf(other, 1), attempt: 1 },
  ];
  const found = await own.db.read.renderInputs(fences);
  expect(found.map((inputs) => inputs && [inputs.runId, inputs.stepId, inputs.section.id, inputs.sections])).toEqual([
    [other.id, stepOf(other, 1), 'goals', {}],
    null,
    [one.id, stepOf(one, 1), 'goals', { problem: 'The problem of one' }],
    null,
    null,
    [other.id, stepOf(other, 0), 'problem', {}],
    [other.id, stepOf(other, 1), 'goals', {}],
  ]);
  expect(found[0]).toEqual(await read(stepOf(other, 1), 1));
  expect(await own.db.read.renderInputs([])).toEqual([]);
});
