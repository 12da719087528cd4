import type { AnyMessage } from '@planwright/contracts';
import { MAX_MESSAGE_BYTES } from '@planwright/contracts';
import { PublishError } from '@planwright/messaging';
import type { OutboxRow, RenderInputs } from '@planwright/persistence';
import { findBlueprint, loadCatalogue, pinnedTemplates } from '@planwright/prompts';
import { createLogger } from '@planwright/runtime';
import { Publisher } from './publisher.js';

const id = (n: number) => `0199f3a2-7c1e-7a43-9d52-${String(n).padStart(12, '0')}`;
const catalogue = loadCatalogue();
const log = createLogger('orchestrator', 'silent');
const blueprint = findBlueprint(catalogue, 'prd', 'detailed')!;

const inputs: RenderInputs = {
  workspaceId: id(0),
  projectId: id(2),
  runId: id(1),
  stepId: id(5),
  attempt: 2,
  class: 'interactive',
  mode: 'detailed',
  provider: 'offline',
  model: 'offline-writer',
  document: 'prd',
  documentId: id(3),
  versionId: id(4),
  inputSnapshot: { project_name: 'P', idea: 'Find a free tennis court.', constraints: '' },
  templates: JSON.parse(JSON.stringify(pinnedTemplates(catalogue, [blueprint]))),
  blueprint,
  section: blueprint.sections.find(({ id: name }) => name === blueprint.stages[0]!.sections[0])!,
  stage: blueprint.stages[0]!,
  timeoutMs: 41_000,
  repair: null,
  sections: {},
  documents: {},
};
const row = (name: string, payload: Record<string, unknown>): OutboxRow => ({
  id: id(9),
  name,
  workspaceId: id(0),
  runId: id(1),
  causationId: null,
  traceparent: null,
  payload,
  occurredAt: '2026-11-21T09:30:00.000Z',
});
const generate = row('step.generate', { step_id: id(5), attempt: 2 });

function publisher(found: RenderInputs | null) {
  const sent: AnyMessage[] = [];
  const store = { renderInputs: async () => found };
  return { sent, publisher: new Publisher(store, { publish: async (messages) => void sent.push(...messages) }, log) };
}

it('renders a step when it is sent', async () => {
  const { sent, publisher: p } = publisher(inputs);
  expect(await p.publish([generate])).toEqual([generate.id]);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({
    id: generate.id,
    name: 'step.generate',
    payload: { step_id: id(5), attempt: 2, class: 'interactive', timeout_ms: 41_000, provider: 'offline' },
  });
  const [message] = sent;
  const parts = message?.name === 'step.generate' ? message.payload.prompt.user : [];
  expect(parts.filter(({ data }) => data === 'idea')).toEqual([{ data: 'idea', text: 'Find a free tennis court.' }]);
});

it('gives the same bytes and hashes each time, so that a copy is a copy', async () => {
  const { sent, publisher: p } = publisher(inputs);
  await p.publish([generate]);
  await p.publish([generate]);
  expect(JSON.stringify(sent[0])).toBe(JSON.stringify(sent[1]));
});

it('is done with a step that has gone on, and sends nothing', async () => {
  const { sent, publisher: p } = publisher(null);
  expect(await p.publish([generate])).toEqual([generate.id]);
  expect(sent).toEqual([]);
});

it('turns what can not be asked for into the step’s failure', async () => {
  const idea = 'A very long idea. '.repeat(MAX_MESSAGE_BYTES / 10);
  const { sent, publisher: p } = publisher({ ...inputs, inputSnapshot: { project_name: 'P', idea, constraints: '' } });
  await p.publish([generate]);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({
    name: 'step.failed',
    payload: { step_id: id(5), attempt: 2, failure: { code: 'too_large' } },
  });
});

it('leaves all rows to the relay when the broker does not confirm', async () => {
  const p = new Publisher(
    { renderInputs: async () => inputs },
    { publish: () => Promise.reject(new Error('blocked')) },
    log,
  );
  await expect(p.publish([generate])).rejects.toThrow('blocked');
});

it('is not held up by a row of which nothing can be made', async () => {
  const { sent, publisher: p } = publisher(inputs);
  const strange = { ...row('step.generate', { step_id: 'no' }), id: id(7) };
  const unknown = { ...row('run.explode', {}), id: id(8) };
  expect(await p.publish([strange, unknown, generate])).toEqual([strange.id, unknown.id, generate.id]);
  expect(sent).toMatchObject([{ id: generate.id }]);
});

it('fails a step whose template can not be rendered', async () => {
  const { sent, publisher: p } = publisher({ ...inputs, templates: { templates: {}, partials: {} } });
  await p.publish([generate]);
  expect(sent).toMatchObject([{ name: 'step.failed', payload: { attempt: 2, failure: { code: 'invalid_request' } } }]);
});

it('is done with what the broker took, and leaves the rest', async () => {
  const failures = [{ id: id(8), reason: 'returned' }];
  const partly = { publish: () => Promise.reject(new PublishError(failures, 2)) };
  const p = new Publisher({ renderInputs: async () => inputs }, partly, log);
  const second = { ...generate, id: id(8) };
  expect(await p.publish([generate, second])).toEqual([generate.id]);
});
