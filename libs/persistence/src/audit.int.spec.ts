import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import { execute, newWorkspace, openDatabase } from '../test/fixture.js';
import type { TestDb } from '../test/fixture.js';
import { appendAudit } from './audit.js';

let test: TestDb;
beforeAll(async () => void (test = await openDatabase()));
afterAll(() => test.close());

it('keeps what was done in a workspace that is there, and gives the rest back', async () => {
  const entry = { actor: 'ops:ada', action: 'parked.drop', subject: 'm1', beforeHash: 'a'.repeat(64), afterHash: null };
  const known = { ...entry, workspaceId: DEFAULT_WORKSPACE_ID };
  const unknown = { ...entry, workspaceId: newId(), subject: 'm2' };
  expect(await appendAudit(test.db, [known, unknown])).toEqual([unknown]);
  const kept = await execute(
    test.db,
    `SELECT workspace_id AS "workspaceId", actor, action, subject, before_hash AS "beforeHash", after_hash AS "afterHash"
     FROM audit_log WHERE at > now() - interval '1 minute'`,
  );
  expect(kept).toEqual([known]);
  expect(await appendAudit(test.db, [])).toEqual([]);
});

it('outlives the workspace it is of', async () => {
  const workspaceId = await newWorkspace(test.db);
  const entry = {
    actor: 'ops:ada',
    action: 'workspace.update',
    subject: workspaceId,
    beforeHash: null,
    afterHash: null,
  };
  expect(await appendAudit(test.db, [{ ...entry, workspaceId }])).toEqual([]);
  await execute(test.db, 'DELETE FROM workspaces WHERE id = $1', [workspaceId]);
  const kept = await execute(test.db, 'SELECT action FROM audit_log WHERE workspace_id = $1', [workspaceId]);
  expect(kept).toEqual([{ action: 'workspace.update' }]);
});
