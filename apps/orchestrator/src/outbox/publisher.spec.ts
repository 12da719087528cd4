import type { AnyMessage } from '@planwright/contracts';
import { MAX_MESSAGE_BYTES } from '@planwright/contracts';
import { PublishError } from '@planwright/messaging';
import type { OutboxRow, RenderInputs } from '@planwright/persistence';
import { findBlueprint, loadCatalogue, pinnedTemplates } from '@planwright/prompts';
import { createLogger } from '@planwright/runtime';
import { Publisher } from './publisher.js';
import type { PublisherStore } from './publisher.js';

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
  instructions: null,
  replaced: null,
  budget: null,
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

/** A database that has this for every step it is asked for, and what it was asked. */
function storeOf(found: RenderInputs | null | ((stepId: string) => RenderInputs | null)) {
  const asked: string[][] = [];
  const renderInputs: PublisherStore['renderInputs'] = async (fences) => {
    asked.push(fences.map(({ stepId }) => stepId));
    return fences.map(({ stepId }) => (typeof found === 'function' ? found(stepId) : found));
  };
  return { asked, renderInputs };
}

function publisher(found: Parameters<typeof storeOf>[0]) {
  const sent: AnyMessage[] = [];
  const store = storeOf(found);
  const broker = { publish: async (messages: AnyMessage[]) => void sent.push(...messages) };
  return { sent, asked: store.asked, publisher: new Publisher(store, broker, log) };
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

it('says what the workspace may spend, and has spent', async () => {
  const budget = { period: '2026-11', limit: 20_000_000, spent: 6_312 };
  const { sent, publisher: p } = publisher({ ...inputs, budget });
  await p.publish([generate]);
  expect(sent[0]).toMatchObject({ payload: { budget } });
});

it('gives the same bytes and hashes each time, so that a copy is a copy', async () => {
  const { sent, publisher: p } = publisher(inputs);
  await p.publish([generate]);
  await p.publish([generate]);
  expect(JSON.stringify(sent[0])).toBe(JSON.stringify(sent[1]));
});

it('asks once for all steps of a call, and sends in the order of the rows', async () => {
  const gone = id(21);
  const { sent, asked, publisher: p } = publisher((stepId) => (stepId === gone ? null : { ...inputs, stepId }));
  const rows = [
    { ...row('step.generate', { step_id: id(20), attempt: 2 }), id: id(30) },
    { ...row('run.start', { run_id: id(1) }), id: id(31) },
    { ...row('step.generate', { step_id: gone, attempt: 2 }), id: id(32) },
    { ...row('step.generate', { step_id: id(22), attempt: 2 }), id: id(33) },
  ];
  expect(await p.publish(rows)).toEqual([id(30), id(31), id(32), id(33)]);
  expect(asked).toEqual([[id(20), gone, id(22)]]);
  expect(sent).toMatchObject([
    { id: id(30), payload: { step_id: id(20) } },
    { id: id(31), name: 'run.start' },
    { id: id(33), payload: { step_id: id(22) } },
  ]);
});

it('asks nothing where no step is among the rows', async () => {
  const { sent, asked, publisher: p } = publisher(inputs);
  await p.publish([row('run.start', { run_id: id(1) })]);
  expect([asked.length, sent.length]).toEqual([0, 1]);
});

it('goes by the template that is pinned on the run of each step', async () => {
  const name = inputs.section.prompt;
  const { templates, partials } = pinnedTemplates(catalogue, [blueprint]);
  const other = { ...templates[name]!, text: `${templates[name]!.text}\nWrite in verse.\n`, hash: 'b'.repeat(64) };
  const pinned = (stepId: string) => (stepId === id(5) ? inputs.templates : { templates: { [name]: other }, partials });
  const { sent, publisher: p } = publisher((stepId) => ({ ...inputs, stepId, templates: pinned(stepId) }));
  const second = { ...row('step.generate', { step_id: id(6), attempt: 2 }), id: id(7) };
  await p.publish([generate, second, { ...generate, id: id(8) }]);
  const verses = sent.map((message) => JSON.stringify(message).includes('Write in verse.'));
  expect(verses).toEqual([false, true, false]);
  expect(sent[1]).toMatchObject({ payload: { hashes: { template: 'b'.repeat(64) } } });
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
  const p = new Publisher(storeOf(inputs), { publish: () => Promise.reject(new Error('blocked')) }, log);
  await expect(p.publish([generate])).rejects.toThrow('blocked');
});

it('is not held up by a row of which nothing can be made', async () => {
  const { sent, asked, publisher: p } = publisher(inputs);
  const strange = { ...row('step.generate', { step_id: 'no' }), id: id(7) };
  const unknown = { ...row('run.explode', {}), id: id(8) };
  expect(await p.publish([strange, unknown, generate])).toEqual([strange.id, unknown.id, generate.id]);
  expect(sent).toMatchObject([{ id: generate.id }]);
  // A database that is asked for something that is no step's id answers nothing at all.
  expect(asked).toEqual([[id(5)]]);
});

it('fails a step whose template can not be rendered', async () => {
  const { sent, publisher: p } = publisher({ ...inputs, templates: { templates: {}, partials: {} } });
  await p.publish([generate]);
  expect(sent).toMatchObject([{ name: 'step.failed', payload: { attempt: 2, failure: { code: 'invalid_request' } } }]);
});

it('is done with what the broker took, and leaves the rest', async () => {
  const publish = async ([message]: AnyMessage[]) => {
    if (message?.id === id(8)) throw new PublishError([{ id: id(8), reason: 'returned' }], 1);
  };
  const p = new Publisher(storeOf(inputs), { publish }, log);
  const second = { ...generate, id: id(8) };
  expect(await p.publish([generate, second])).toEqual([generate.id]);
});

it('lets a step go before the next one is rendered', async () => {
  const order: string[] = [];
  const watched = (stepId: string) => ({
    ...inputs,
    get templates() {
      order.push(`rendered ${stepId.slice(-1)}`);
      return inputs.templates;
    },
  });
  const publish = async ([message]: AnyMessage[]) => {
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`gone ${message?.id.slice(-1)}`);
  };
  const store = { renderInputs: async () => [watched(id(1)), watched(id(2)), watched(id(3))] };
  await new Publisher(store, { publish }, log).publish([1, 2, 3].map((n) => ({ ...generate, id: id(n) })));
  expect(order).toEqual(['rendered 1', 'gone 1', 'rendered 2', 'gone 2', 'rendered 3', 'gone 3']);
});
