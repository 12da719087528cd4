import { blueprint, DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import type { FeatureResource } from '@planwright/contracts';
import { decideAll } from '@planwright/plan';
import type { RunEvent } from '@planwright/plan';
import { newId } from '@planwright/runtime';
import { emptyAuditLog, newPrefix, openOps } from '../../test/ops-under-test.js';
import type { OpsUnderTest } from '../../test/ops-under-test.js';

let test: OpsUnderTest;
beforeAll(async () => void (test = await openOps()));
afterAll(() => test.close());
beforeEach(async () => {
  await test.sql('DELETE FROM projects');
  await emptyAuditLog(test.sql);
  await test.sql('DELETE FROM outbox');
});

const ops = (command: string) => test.ops(command, newPrefix());

/** As small as a feature's documents can be. */
const [SPEC, TASKS] = (['feature_spec', 'feature_tasks'] as const).map((document) =>
  blueprint.parse({
    ...{
      id: document,
      version: 1,
      document,
      title: document,
      requires: document === 'feature_spec' ? [] : ['feature_spec'],
    },
    stages: [{ number: 1, mode: 'sequential', streamed: false, timeout_seconds: 60, sections: [`${document}_text`] }],
    sections: [
      {
        ...{ id: `${document}_text`, title: 'Text', order: 0, prompt: 'p', max_output_tokens: 100 },
        words: { min: 1, target: 2, max: 3 },
      },
    ],
  }),
);

async function newProject(workspaceId = DEFAULT_WORKSPACE_ID): Promise<string> {
  const id = newId();
  const preferred = { preferred_provider: null, preferred_model: null };
  await test.database.transaction((tx) =>
    tx.projects.insert({ id, workspaceId, name: 'P', idea: 'I', constraints: '', ...preferred }),
  );
  return id;
}

/** A feature as it waits for its run to begin. */
async function newFeature(projectId: string, workspaceId = DEFAULT_WORKSPACE_ID) {
  const [featureId, runId] = [newId(), newId()];
  await test.database.transaction(async (tx) => {
    await tx.features.insert({ id: featureId, workspaceId, projectId, description: 'Swap\nslots' });
    await tx.runs.insert({
      ...{ id: runId, workspaceId, projectId, featureId, kind: 'feature', mode: null, triggeredBy: 'test' },
      ...{ provider: 'openai', model: 'gpt-4o', templates: {}, pinnedVersions: {} },
      inputSnapshot: { project_name: 'P', idea: 'I', constraints: '' },
      documents: [SPEC!, TASKS!].map((made) => ({
        ...{ kind: made.document, versionId: newId(), blueprint: made },
        steps: made.sections.map(({ id }) => ({ id: newId(), sectionId: id })),
      })),
    });
  });
  return { featureId, runId };
}

/** A feature whose run has ended, as these events end it. */
async function endedFeature(projectId: string, workspaceId: string, events: (runId: string) => Promise<RunEvent[]>) {
  const made = await newFeature(projectId, workspaceId);
  for (const event of await events(made.runId)) {
    await test.database.transaction(async (tx) => {
      const run = await tx.runs.lock(made.runId);
      const { effects } = decideAll(run!.state, event);
      await tx.runs.save(run!, { changes: [{ effects }] });
    });
  }
  await test.database.transaction((tx) => tx.features.fail(made.featureId, 'It failed.', Date.now()));
  return made;
}

const at = Date.now();
const failedFeature = (projectId: string, workspaceId = DEFAULT_WORKSPACE_ID) =>
  endedFeature(projectId, workspaceId, async (runId) => {
    const [step] = await test.sql<{ id: string }>('SELECT id FROM steps WHERE run_id = $1 AND ordinal = 1', [runId]);
    const failure = { code: 'auth', detail: 'Key rejected', resets_at: null } as const;
    return [
      { type: 'run_started', at },
      { type: 'step_failed', stepId: step?.id ?? '', attempt: 1, at, failure, jitter: 0 },
    ];
  });
const cancelledFeature = (projectId: string) =>
  endedFeature(projectId, DEFAULT_WORKSPACE_ID, async () => [{ type: 'cancel_requested', at }]);

async function newWorkspace(): Promise<string> {
  const id = newId();
  await test.sql(`INSERT INTO workspaces (id, name) VALUES ($1, $2)`, [id, `ws-${id}`]);
  return id;
}

const feature = async ({ featureId }: { featureId: string }, workspaceId = DEFAULT_WORKSPACE_ID) =>
  (await test.database.read.feature(workspaceId, featureId)) as FeatureResource;

describe('retry --failed', () => {
  it('makes a new run for every feature that failed, says so and notes it', async () => {
    const project = await newProject();
    const failed = [await failedFeature(project), await failedFeature(await newProject())];
    const waiting = await newFeature(project);
    const cancelled = await cancelledFeature(project);
    const { code, out, err } = await ops('retry --failed');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const after = await Promise.all(failed.map((one) => feature(one)));
    expect(out).toBe(
      `${after.map(({ id, run_id }) => `✓ ${id}  run ${run_id}  Swap slots\n`).join('')}2 features retried.\n`,
    );
    for (const [i, { status, run_id, error_message }] of after.entries()) {
      expect({ status, error_message }).toEqual({ status: 'pending', error_message: null });
      expect(run_id).not.toBe(failed[i]?.runId);
      expect(await test.database.read.run(DEFAULT_WORKSPACE_ID, run_id ?? '')).toMatchObject({
        ...{ status: 'queued', kind: 'feature', retry_of: failed[i]?.runId, provider: 'openai', model: 'gpt-4o' },
        triggered_by: expect.stringMatching(/^ops:./),
      });
    }
    expect(await feature(waiting)).toMatchObject({ status: 'pending', run_id: waiting.runId });
    expect(await feature(cancelled)).toMatchObject({ status: 'failed', run_id: cancelled.runId });
    const starts = await test.sql<{ run_id: string }>(
      `SELECT run_id FROM outbox WHERE name = 'run.start' ORDER BY seq`,
    );
    expect(starts.map(({ run_id }) => run_id)).toEqual(after.map(({ run_id }) => run_id));
    const noted = await test.sql<{ subject: string; action: string }>(
      'SELECT subject, action FROM audit_log ORDER BY at',
    );
    expect(noted).toEqual(failed.map(({ featureId }) => ({ subject: featureId, action: 'feature.retry' })));
    expect(await ops('retry --failed')).toEqual({ code: 0, out: 'No feature has failed.\n', err: '' });
  });

  it('may be told which workspace or project', async () => {
    const other = await newWorkspace();
    const [first, second] = [await newProject(), await newProject()];
    const features = [await failedFeature(first), await failedFeature(second)];
    const foreign = await failedFeature(await newProject(other), other);
    const states = async () => [
      ...(await Promise.all(features.map(async (one) => (await feature(one)).status))),
      (await feature(foreign, other)).status,
    ];
    await ops(`retry --failed --project ${second}`);
    expect(await states()).toEqual(['failed', 'pending', 'failed']);
    await ops(`retry --failed --workspace ${other} --project ${first}`);
    expect(await states()).toEqual(['failed', 'pending', 'failed']);
    const { code, out } = await ops(`retry --failed --workspace ws-${other} --json`);
    expect({ code, all: JSON.parse(out) as unknown }).toEqual({
      code: 0,
      all: [{ feature_id: foreign.featureId, description: 'Swap\nslots', run_id: expect.any(String), reason: null }],
    });
    expect(await states()).toEqual(['failed', 'pending', 'pending']);
    expect(await ops('retry --failed --workspace nobody')).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no workspace "nobody"'),
    });
  });

  it('goes on past one that can not be retried, and says why', async () => {
    const project = await newProject();
    const held = await newFeature(project);
    await test.sql(`UPDATE features SET status = 'failed', error_message = 'x' WHERE id = $1`, [held.featureId]);
    const failed = await failedFeature(project);
    const { code, out } = await ops('retry --failed');
    expect(code).toBe(1);
    expect(out.split('\n').slice(0, 3)).toEqual([
      `✗ ${held.featureId}  a run is writing it already  Swap slots`,
      `✓ ${failed.featureId}  run ${(await feature(failed)).run_id}  Swap slots`,
      '1 feature retried.',
    ]);
    expect(await feature(held)).toMatchObject({ status: 'failed', run_id: held.runId });
  });
});
