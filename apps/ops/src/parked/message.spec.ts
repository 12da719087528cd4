import type { ParkedMessage } from '@planwright/messaging';
import { messageJson, messageTable, messageText, workspaceOf } from './message.js';

const workspaceId = '0199f3a2-7c1e-7a43-9d52-000000000001';
const parked = (body: string | Uint8Array, more: Partial<ParkedMessage> = {}): ParkedMessage => ({
  handle: 'm1',
  id: 'm1',
  name: 'step.failed',
  queue: 'orchestrator.v1',
  reason: 'Its run is gone.',
  parkedAt: '2026-03-01T12:00:00.000Z',
  body: typeof body === 'string' ? Buffer.from(body) : body,
  ...more,
});

it.each([
  [`{"workspace_id": "${workspaceId}"}`, workspaceId],
  ['{"workspace_id": "default"}', null],
  ['{"workspace_id": 7}', null],
  ['{}', null],
  ['null', null],
  ['not JSON', null],
  ['', null],
])('the workspace of %s is %s', (body, expected) => {
  expect(workspaceOf(Buffer.from(body))).toBe(expected);
});

it('as JSON has its body as it was written', () => {
  expect(messageJson(parked(`{"workspace_id": "${workspaceId}"}`))).toMatchObject({
    handle: 'm1',
    workspace_id: workspaceId,
    bytes: 56,
    body: { workspace_id: workspaceId },
  });
  expect(messageJson(parked('not JSON'))).toMatchObject({ workspace_id: null, bytes: 8, body: 'not JSON' });
  expect(messageJson(parked(Uint8Array.of(0xff, 0x00)))).toMatchObject({ body: 'ff00' });
});

it('in a list is a line, whatever it holds', () => {
  const nothing = { handle: 'sha256:00', id: null, name: null, queue: null, parkedAt: null };
  const lines = messageTable([parked('{}'), parked('x', { ...nothing, reason: `\u001b[2J${'x'.repeat(500)}` })]);
  expect(lines.slice(0, 2)).toEqual([
    'message    parked at                 from             name         reason',
    'm1         2026-03-01T12:00:00.000Z  orchestrator.v1  step.failed  Its run is gone.',
  ]);
  expect(lines[2]).toMatch(/^sha256:00 {2}– {25}– {16}– {12}�\[2Jx{155}…$/);
});

it('alone is shown whole', () => {
  const text = messageText(parked(`{"workspace_id": "${workspaceId}", "text": "\\u001b[2J"}`));
  expect(text).toMatch(/^message {4}m1\nname {7}step\.failed\nfrom {7}orchestrator\.v1\n/);
  expect(text).toContain(`workspace  ${workspaceId}\n`);
  expect(text).toMatch(/body {7}\d+ bytes, sha256 [0-9a-f]{64}\n\n\{\n {2}"workspace_id": "/);
  expect(text).toContain('"text": "\\u001b[2J"');
  expect(messageText(parked('raw \u001b[2J'))).toContain('\nraw �[2J\n');
});
