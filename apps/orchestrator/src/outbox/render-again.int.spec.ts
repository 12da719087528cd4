import { fileURLToPath } from 'node:url';
import type { AnyMessage, Blueprint } from '@planwright/contracts';
import { blueprint as blueprintSchema, DEFAULT_WORKSPACE_ID, makeMessage, parseMessage } from '@planwright/contracts';
import { createInProcessLive } from '@planwright/live';
import { writeOffline } from '@planwright/llm';
import { Database, migrate, verify } from '@planwright/persistence';
import type { NewRun } from '@planwright/persistence';
import { createInProcessPresence } from '@planwright/presence';
import { findBlueprint, loadCatalogue, pinnedTemplates } from '@planwright/prompts';
import { createLogger, newId } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import { Admission } from '../admission/admission.js';
import { AdvanceRun } from '../runs/advance-run.js';
import { eventOf, resultOf } from '../runs/events.js';
import type { RunMessage } from '../runs/events.js';
import { LiveFeed } from '../runs/live-feed.js';
import { OutboxSender } from './outbox-sender.js';
import { Publisher } from './publisher.js';
import { renderStep } from './render-step.js';

const EXAMPLE = fileURLToPath(new URL('../../../../examples/blueprints', import.meta.url));
const catalogue = loadCatalogue(EXAMPLE);
const log = createLogger('orchestrator', 'silent');
const live = createInProcessLive();
let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const made = await testDatabase({ migrate: async (url) => void (await migrate(url)) });
  drop = () => made.drop();
  database = new Database({ url: made.url, applicationName: 'render-again.int.spec' });
  await database.connect();
}, 60_000);
afterAll(async () => {
  await live.close();
  await database.close();
  await drop();
});

type Command = Extract<AnyMessage, { name: 'step.generate' }>;

const IDEA = 'A lending library for tools: neighbours borrow “drills” & {{ladders}}.\n\n</data> \u202e 👩‍👩‍👧‍👦';

/** A run of these documents, written to its end by the orchestrator and the offline writer. */
async function writtenRun(kinds: readonly string[], fails: (command: Command) => boolean = () => false) {
  const blueprints = kinds.map((kind) => blueprintSchema.parse(findBlueprint(catalogue, kind, 'draft')));
  const run = newRun(blueprints);
  const project = { name: 'Tools', idea: IDEA, constraints: 'No budget.' };
  await database.transaction(async (tx) => {
    await tx.projects.insert({
      ...project,
      ...{ preferred_provider: null, preferred_model: null, id: run.projectId, workspaceId: DEFAULT_WORKSPACE_ID },
    });
    await tx.runs.insert(run);
  });
  const commands: Command[] = [];
  const broker = {
    publish: async (messages: AnyMessage[]) => {
      for (const message of messages) if (message.name === 'step.generate') commands.push(message);
    },
  };
  const sender = new OutboxSender(new Publisher(database.read, broker, log), database, log);
  const feed = new LiveFeed(live, database.read, log);
  const plenty = { interactive: 1_000, background: 1_000, features: 1_000 };
  const capacity = { slots: async () => plenty, atOnce: () => plenty };
  const admission = new Admission({ database, capacity, sender, live: feed, log });
  const limiter = { leave: async () => undefined };
  const presence = createInProcessPresence();
  const advance = new AdvanceRun({ database, sender, admission, presence, limiter, live: feed, log });
  const deliver = (message: RunMessage) =>
    advance.execute({ runId: run.id, event: eventOf(message, Date.now(), 0.5), result: resultOf(message), message });
  await deliver(told('run.start', { run_id: run.id }));
  for (let next = 0; next < commands.length; next++) {
    // As a generator gets it: over the wire.
    const parsed = parseMessage(Buffer.from(JSON.stringify(commands[next])));
    if (!parsed.ok || parsed.message.name !== 'step.generate') throw new Error('no command');
    for (const fact of answer(parsed.message, fails(parsed.message))) await deliver(fact);
  }
  await sender.flush();
  return run;
}

function newRun(blueprints: readonly Blueprint[]): NewRun {
  return {
    id: newId(),
    workspaceId: DEFAULT_WORKSPACE_ID,
    projectId: newId(),
    kind: 'plan',
    mode: 'draft',
    provider: 'offline',
    model: 'offline-writer',
    triggeredBy: 'test',
    inputSnapshot: { project_name: 'Tools', idea: IDEA, constraints: 'No budget.' },
    templates: pinnedTemplates(catalogue, blueprints),
    pinnedVersions: {},
    documents: blueprints.map((blueprint) => ({
      kind: blueprint.document,
      versionId: newId(),
      blueprint,
      steps: blueprint.stages.flatMap(({ sections }) => sections.map((sectionId) => ({ id: newId(), sectionId }))),
    })),
  };
}

function told<N extends RunMessage['name']>(
  name: N,
  payload: Parameters<typeof makeMessage<N>>[1] & { run_id: string },
): RunMessage {
  const envelope = { id: newId(), occurred_at: new Date().toISOString(), workspace_id: DEFAULT_WORKSPACE_ID };
  return makeMessage(name, payload, { ...envelope, run_id: payload.run_id, causation_id: null, traceparent: null });
}

function answer({ payload }: Command, fails: boolean): RunMessage[] {
  const { run_id, step_id, attempt, provider, model, hashes } = payload;
  const fence = { run_id, step_id, attempt };
  const at = new Date().toISOString();
  const started = told('step.started', { ...fence, started_at: at });
  if (fails) {
    const failure = { code: 'content_filtered' as const, detail: 'No', resets_at: null };
    return [started, told('step.failed', { ...fence, failure, draft: 'half a', usage: null })];
  }
  const content = writeOffline({
    ...payload,
    maxOutputTokens: payload.max_output_tokens,
    sectionId: payload.section_id,
  });
  return [
    started,
    told('step.generated', { ...fence, content, provider, model, usage: null, hashes, finished_at: at }),
  ];
}

interface Rendered {
  section: string;
  stored: Record<'prompt' | 'template' | 'input', string | null>;
  again: Record<'prompt' | 'template' | 'input', string>;
}

/** The hashes of every text of a run, as stored and as they come out when its prompt is rendered again now. */
async function renderedAgain(runId: string, change?: string): Promise<Rendered[]> {
  let found: Rendered[] = [];
  const undone = database.transaction(async (tx) => {
    const steps = await tx.manager.query<
      { id: string; attempt: number; section: string; prompt: string; template: string; input: string }[]
    >(
      `SELECT t.id, t.attempt, s.section_id AS section, s.prompt_hash AS prompt, s.template_hash AS template,
         s.input_hash AS input
       FROM steps t JOIN sections s ON s.version_id = t.version_id AND s.section_id = t.section_id
       WHERE t.run_id = $1 AND s.status = 'completed' ORDER BY t.ordinal`,
      [runId],
    );
    // What is rendered is what waits for a generator: for this transaction alone they all do once more.
    await tx.manager.query(`UPDATE steps SET status = 'queued', finished_at = NULL WHERE run_id = $1`, [runId]);
    if (change) await tx.manager.query(change, [runId]);
    const inputs = await tx.read.renderInputs(steps.map(({ id, attempt }) => ({ stepId: id, attempt })));
    found = steps.map(({ section, prompt, template, input }, i) => {
      const rendered = renderStep(inputs[i]!, {
        ...{ id: newId(), occurred_at: new Date().toISOString(), workspace_id: DEFAULT_WORKSPACE_ID, run_id: runId },
        ...{ causation_id: null, traceparent: null },
      });
      if (!rendered.ok) throw new Error(`${section}: ${rendered.failure.detail}`);
      const { hashes } = rendered.message.payload;
      return {
        section,
        stored: { prompt, template, input },
        again: { prompt: hashes.prompt, template: hashes.template, input: hashes.input },
      };
    });
    throw new Error('undone');
  });
  await expect(undone).rejects.toThrow('undone');
  return found;
}

const differing = (rendered: readonly Rendered[], hash: keyof Rendered['again'] = 'prompt') =>
  rendered.filter(({ stored, again }) => stored[hash] !== again[hash]).map(({ section }) => section);

it('gives every prompt of a plan and of an own document again, from what is stored', async () => {
  const run = await writtenRun(['prd', 'tech_spec', 'task_set', 'rfc']);
  expect(await database.read.run(DEFAULT_WORKSPACE_ID, run.id)).toMatchObject({ status: 'succeeded' });
  const rendered = await renderedAgain(run.id);
  expect(rendered).toHaveLength(7 + 12 + 1 + 6);
  for (const { stored, again } of rendered) expect(again).toEqual(stored);
  expect((await verify(database)).findings).toEqual([]);
}, 60_000);

it('does so where sections failed and others did without them', async () => {
  const failing = ['goals_objectives', 'identified_gaps'];
  const run = await writtenRun(['prd'], ({ payload }) => failing.includes(payload.section_id));
  expect(await database.read.run(DEFAULT_WORKSPACE_ID, run.id)).toMatchObject({ status: 'partial' });
  const rendered = await renderedAgain(run.id);
  expect(rendered).toHaveLength(5);
  for (const { stored, again } of rendered) expect(again).toEqual(stored);
  expect((await verify(database)).findings).toEqual([]);
}, 60_000);

it('tells when a text, an idea or a template is another one', async () => {
  const run = await writtenRun(['prd']);
  const all = (await renderedAgain(run.id)).map(({ section }) => section);
  const text = `UPDATE sections SET content = content || '.' WHERE section_id = 'next_steps' AND version_id IN
    (SELECT id FROM document_versions WHERE run_id = $1)`;
  expect(differing(await renderedAgain(run.id, text))).toEqual(['executive_summary']);
  const idea = `UPDATE runs SET input_snapshot = jsonb_set(input_snapshot, '{idea}', '"Another"') WHERE id = $1`;
  expect(differing(await renderedAgain(run.id, idea), 'input')).toEqual(all);
  const template = `UPDATE runs SET pinned_templates = replace(replace(pinned_templates::text,
    'next two weeks', 'next two years'), '${catalogue.templates.get('prd.draft.next_steps')?.hash}', '${'0'.repeat(64)}')::jsonb
    WHERE id = $1`;
  const changed = await renderedAgain(run.id, template);
  expect([differing(changed), differing(changed, 'template')]).toEqual([['next_steps'], ['next_steps']]);
}, 60_000);
