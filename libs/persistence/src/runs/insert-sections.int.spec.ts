import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import {
  execute,
  finish,
  HASHES,
  insert,
  newProject,
  openDatabase,
  PRD,
  runOf,
  stateOf,
  TASK_SET,
} from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import type { NewRun } from '../index.js';

let own: TestDb;
let projectId: string;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());
beforeEach(async () => {
  projectId = await newProject(own.db);
});

const stepsOf = (runId: string) =>
  execute<{ id: string; class: string; tokens: number }>(
    own.db,
    'SELECT section_id AS id, class, estimated_tokens AS tokens FROM steps WHERE run_id = $1 ORDER BY ordinal',
    [runId],
  );

describe('the class of a step', () => {
  it('is interactive where its stage is streamed', async () => {
    const run = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
    expect((await stepsOf(run.id)).map((step) => `${step.id} ${step.class}`)).toEqual([
      'problem interactive',
      'goals interactive',
      'summary background',
      'tasks interactive',
    ]);
  });

  it('is interactive where it is the only one, for somebody waits for it', async () => {
    const stages = TASK_SET.stages.map((stage) => ({ ...stage, streamed: false }));
    const alone = { ...TASK_SET, requires: [], stages };
    const run = await insert(own.db, runOf(projectId, [alone]));
    expect(await stepsOf(run.id)).toMatchObject([{ class: 'interactive' }]);
    const two = await insert(own.db, runOf(await newProject(own.db), [PRD, alone]));
    expect((await stepsOf(two.id)).at(-1)).toMatchObject({ class: 'background' });
  });

  it('is features for those of a feature', async () => {
    const run = await insert(own.db, runOf(projectId, [PRD], { kind: 'feature' }));
    expect(new Set((await stepsOf(run.id)).map((step) => step.class))).toEqual(new Set(['features']));
    const alone = await insert(own.db, runOf(projectId, [{ ...TASK_SET, requires: [] }], { kind: 'feature' }));
    expect(await stepsOf(alone.id)).toMatchObject([{ class: 'features' }]);
  });
});

it('a step is counted by what goes into it', async () => {
  const run = await insert(own.db, runOf(projectId));
  const [problem, goals, summary] = (await stepsOf(run.id)).map(({ tokens }) => tokens) as [number, number, number];
  expect(problem).toBeGreaterThan(0);
  expect([goals > problem, summary > goals]).toEqual([true, true]);
  const inputSnapshot = { project_name: 'P', idea: 'x'.repeat(4_000), constraints: 'y'.repeat(4_000) };
  const long = await insert(own.db, runOf(await newProject(own.db), [PRD], { inputSnapshot }));
  const [more = 0] = (await stepsOf(long.id)).map(({ tokens }) => tokens);
  expect(more - problem).toBeGreaterThan(1_500);
});

describe('carried sections', () => {
  /** A run of the same document that takes over these sections. */
  const carrying = (from: NewRun, ids: string[], carried = ids): NewRun => {
    const [{ versionId, ...document }] = from.documents as [NewRun['documents'][number]];
    const write = document.steps.filter(({ sectionId }) => !ids.includes(sectionId));
    return runOf(projectId, [PRD], {
      retryOf: from.id,
      documents: [
        {
          ...document,
          versionId: newId(),
          steps: write.map(({ sectionId }) => ({ id: newId(), sectionId })),
          carried: carried.map((sectionId) => ({ sectionId, fromVersionId: versionId })),
        },
      ],
    });
  };
  let first: NewRun;
  beforeEach(async () => {
    first = await insert(own.db, runOf(projectId));
    await finish(own.db, first.id, (id) => (id === 'goals' ? null : ` The text of ${id}\r\n`));
  });

  it('are the old ones, as they were, and nobody writes them', async () => {
    const second = await insert(own.db, carrying(first, ['problem', 'summary']));
    const read = async (run: NewRun) =>
      (await own.db.read.version(DEFAULT_WORKSPACE_ID, run.documents[0]?.versionId ?? ''))?.sections;
    const [before, after] = [await read(first), await read(second)];
    expect(after?.filter(({ id }) => id !== 'goals')).toEqual(before?.filter(({ id }) => id !== 'goals'));
    expect(after?.find(({ id }) => id === 'problem')).toMatchObject({
      content: ' The text of problem\r\n',
      prompt_hash: HASHES.prompt,
      step_id: first.documents[0]?.steps.find(({ sectionId }) => sectionId === 'problem')?.id,
      usage: { input_tokens: 100 },
    });
    expect(after?.find(({ id }) => id === 'goals')).toMatchObject({ status: 'pending', error: null, draft: null });
    expect((await stateOf(own.db, second.id)).documents).toMatchObject([
      { carried: ['summary', 'problem'], steps: [{ sectionId: 'goals', status: 'queued' }] },
    ]);
    expect(await own.db.read.run(DEFAULT_WORKSPACE_ID, second.id)).toMatchObject({
      retry_of: first.id,
      sections_completed: 2,
      sections_total: 3,
      documents: [{ sections_completed: 2, sections_total: 3 }],
    });
    const ended = await finish(own.db, second.id, () => 'The goals');
    expect(ended).toMatchObject({ status: 'succeeded', documents: [{ status: 'ready' }] });
  });

  it('may be all there is: then the document is ready as soon as it begins', async () => {
    await finish(own.db, (first = await insert(own.db, runOf(projectId))).id, (id) => id);
    const second = await insert(own.db, carrying(first, ['problem', 'goals', 'summary']));
    expect(await finish(own.db, second.id, () => 'never')).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    ['that failed', ['goals'], ['goals'], '1 carried sections are not finished, or not there'],
    ['that nobody writes or carries', ['problem'], [], 'no step writes section problem'],
    ['that are written as well', [], ['problem'], 'section problem is written twice, or carried as well'],
  ])('are none %s', async (_what, left, carried, message) => {
    const second = carrying(first, left, carried);
    await expect(insert(own.db, second)).rejects.toThrow(message);
    expect(await own.db.read.run(DEFAULT_WORKSPACE_ID, second.id)).toBeNull();
  });

  it('are none of another workspace', async () => {
    const second = carrying(first, ['problem']);
    await execute(own.db, 'UPDATE sections SET workspace_id = $1 WHERE version_id = $2', [
      newId(),
      first.documents[0]?.versionId,
    ]);
    await expect(insert(own.db, second)).rejects.toThrow('1 carried sections');
  });
});
