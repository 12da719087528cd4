import { coverageReport } from '@planwright/contracts';
import type { TaskDraft } from '@planwright/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ensureKey } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { idOf, openGateways, query, send, writeRun } from '../../test/fixture.js';
import type { Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let gateway: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  gateway = await gateways.start();
}, 60_000);
afterAll(() => gateways.close());

const draft = (ref: string, requirements: string[], type: TaskDraft['type'] = 'feature'): TaskDraft => ({
  ...{ ref, title: `Task ${ref}`, description: 'Build it.', acceptance_criteria: ['It is there.'], type },
  ...{ priority: 'medium', estimate: 3, labels: [], dependencies: [], requirements },
});

/** A project with a finished draft PRD, whose first section is said to require this, and these cards. */
async function projectWith(quotes: string[], drafts: TaskDraft[]) {
  const projectId = idOf(await send(gateway, 'POST', '/v1/projects', { name: 'Courts', idea: 'Find a free court' }));
  const run = { documents: ['prd'], mode: 'draft' };
  await writeRun(
    gateways.database,
    idOf(await send(gateway, 'POST', `/v1/projects/${projectId}/runs`, run)),
    () => 'Text.',
  );
  const [version] = await query<{ documentId: string; versionId: string; sectionId: string }>(
    gateways.database,
    `SELECT d.id AS "documentId", d.active_version_id AS "versionId", s.section_id AS "sectionId"
     FROM documents d JOIN sections s ON s.version_id = d.active_version_id WHERE d.project_id = $1 ORDER BY s."order" LIMIT 1`,
    [projectId],
  );
  if (!version) throw new Error('the PRD is not there');
  await gateways.database.transaction(async (tx) => {
    const found = quotes.map((quote, i) => ({ key: `FR-${i + 1}`, quote, identity: quote }));
    await tx.requirements.save({ ...version, projectId }, 'FR', found, found.length);
    await tx.tasks.mergeTaskSet(projectId, version.versionId, drafts);
  });
  return { projectId, ...version };
}

it('tells both ways what is linked, of the active version', async () => {
  const drafts = [draft('T1', ['FR-1']), draft('T2', []), draft('T3', [], 'enabler'), draft('T4', ['FR-1'])];
  const { projectId, versionId, sectionId } = await projectWith(['Show courts.', 'Hold a court.'], drafts);
  const { status, body } = await send(gateway, 'GET', `/v1/projects/${projectId}/coverage`);
  expect(status).toBe(200);
  const report = coverageReport.parse(body);
  expect(report.requirements).toMatchObject({
    ...{ total: 2, covered: 1, percentage: 50 },
    without_tasks: [{ id: 'FR-2', section_id: sectionId, text: 'Hold a court.' }],
  });
  expect(report.requirements.items[0]?.task_ids).toHaveLength(2);
  expect(report.tasks).toMatchObject({
    ...{ total: 3, covered: 2, percentage: 66 },
    without_requirements: [{ title: 'Task T2', type: 'feature' }],
  });
  const version = await send(gateway, 'GET', `/v1/versions/${versionId}`);
  expect(version.body).toMatchObject({ requirements: [{ id: 'FR-1' }, { id: 'FR-2' }], sections: expect.any(Array) });
});

it('says nothing of a project without a plan', async () => {
  const projectId = idOf(await send(gateway, 'POST', '/v1/projects', { name: 'Empty', idea: 'Nothing yet' }));
  const { body } = await send(gateway, 'GET', `/v1/projects/${projectId}/coverage`);
  expect(body).toEqual({
    requirements: { total: 0, covered: 0, percentage: null, items: [], without_tasks: [] },
    tasks: { total: 0, covered: 0, percentage: null, without_requirements: [] },
  });
});

it('is of this workspace alone', async () => {
  const { projectId } = await projectWith(['Show courts.'], []);
  const path = `/v1/projects/${projectId}/coverage`;
  expect(await send(gateway, 'GET', `/v1/projects/${newId()}/coverage`)).toMatchObject({ status: 404 });
  expect(await send(gateway, 'GET', '/v1/projects/none/coverage')).toMatchObject({ status: 400 });
  const closed = await gateways.start({ auth: 'required' });
  expect(await send(closed, 'GET', path)).toMatchObject({ status: 401 });
  const workspaceId = newId();
  await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [workspaceId]);
  const key = 'other-workspace-key-0123456789';
  await ensureKey(gateways.database, key, { workspaceId, name: 'o' });
  const headers = { authorization: `Bearer ${key}` };
  expect(await send(closed, 'GET', path, undefined, headers)).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
});
