import { randomUUID } from 'node:crypto';
import type { WebhookPayload } from '@planwright/contracts';
import { WEBHOOK_EVENTS, webhookPayload } from '@planwright/contracts';
import { payloadOf } from './payload-of.js';

const ids = { project: randomUUID(), run: randomUUID(), other: randomUUID() };
const at = '2026-11-21T12:00:00.000Z';
const TEXT = 'a text that stays in the house';

const run = {
  ...{ id: ids.run, project_id: ids.project, kind: 'plan', mode: 'draft', status: 'running', provider: 'offline' },
  ...{ model: 'm', triggered_by: 'ops', retry_of: null, current_stage: 1, sections_completed: 1, sections_total: 9 },
  documents: [
    { kind: 'prd', id: ids.other, version_id: ids.other, status: 'ready', sections_completed: 9, sections_total: 9 },
  ],
  ...{
    eta_seconds: 3,
    usage: null,
    cost: null,
    error: null,
    problem: null,
    created_at: at,
    started_at: at,
    finished_at: null,
  },
};
const task = {
  ...{ id: ids.other, key: 'T-1', title: 'Card', description: TEXT, acceptance_criteria: [TEXT], type: 'feature' },
  ...{ priority: 'high', estimate: 3, labels: [TEXT], status: 'todo', rank: 'a0', origin: 'user', feature_id: null },
  ...{ source_task_set_id: null, dependencies: [], requirements: [], edited_fields: [], suggestion: null },
  ...{ created_at: at, updated_at: at },
};
const inDocument = { run_id: ids.run, document: 'prd', document_id: ids.other };
/** As events are stored, by the name webhooks know them by. */
const STORED: Record<(typeof WEBHOOK_EVENTS)[number], object> = {
  'run.started': { type: 'run.started', run_id: ids.run, run },
  'run.ended': { type: 'run.ended', run_id: ids.run, run },
  'document.completed': { type: 'document_complete', ...inDocument, version_id: ids.other, status: 'ready' },
  'feature.generated': {
    ...{ type: 'feature.generated', run_id: ids.run, feature_id: ids.other, task_count: 3, message: 'Done' },
    project_id: ids.project,
  },
  'feature.generation.failed': {
    ...{ type: 'feature.generation.failed', run_id: ids.run, feature_id: ids.other, error: 'No.', description: TEXT },
    project_id: ids.project,
  },
  'task.created': { type: 'task.created', run_id: null, task },
  'task.updated': { type: 'task.updated', run_id: ids.run, task },
  'task.moved': { type: 'task.moved', run_id: null, task },
  'task.deleted': { type: 'task.deleted', run_id: null, task },
  'task.restored': { type: 'task.restored', run_id: null, task },
};
const payload = (type: (typeof WEBHOOK_EVENTS)[number]): WebhookPayload =>
  payloadOf({ webhookId: ids.other, messageId: 'msg_1', projectId: ids.project, at, type, body: STORED[type] });

it.each(WEBHOOK_EVENTS)('%s is told by ids and names, without texts', (type) => {
  const told = payload(type);
  expect(webhookPayload.parse(told)).toEqual(told);
  expect(told).toMatchObject({ type, timestamp: at, data: { project_id: ids.project } });
  const text = JSON.stringify(told);
  expect(text).not.toContain(TEXT);
  expect(Buffer.byteLength(text)).toBeLessThan(20_000);
});

it('tells of a card what a list shows', () => {
  expect(payload('task.moved').data).toEqual({
    ...{ project_id: ids.project, run_id: null },
    task: {
      ...{ id: ids.other, key: 'T-1', title: 'Card', status: 'todo', type: 'feature', priority: 'high' },
      ...{ origin: 'user', feature_id: null, updated_at: at },
    },
  });
});

it('does not tell of what does not fit', () => {
  const event = { webhookId: '', messageId: '', projectId: ids.project, at, type: 'task.created' };
  expect(() => payloadOf({ ...event, body: { type: 'task.created' } })).toThrow('task');
});
