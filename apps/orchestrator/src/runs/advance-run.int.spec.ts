import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import type { AnyMessage } from '@planwright/contracts';
import { blueprint, DEFAULT_WORKSPACE_ID, makeMessage, plainUsage, runChannel } from '@planwright/contracts';
import { createInProcessLive } from '@planwright/live';
import { UnavailableError } from '@planwright/messaging';
import { Database, migrate } from '@planwright/persistence';
import type { NewRun } from '@planwright/persistence';
import { createInProcessPresence } from '@planwright/presence';
import { findBlueprint, loadCatalogue, pinnedTemplates } from '@planwright/prompts';
import { createLogger, newId, systemClock } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import { Admission } from '../admission/admission.js';
import { OutboxSender } from '../outbox/outbox-sender.js';
import { Publisher } from '../outbox/publisher.js';
import { relay } from '../outbox/relay.js';
import { AFTER_RESTART, Sweeper } from '../time/sweeper.js';
import { AdvanceRun } from './advance-run.js';
import { eventOf, resultOf } from './events.js';
import type { RunMessage } from './events.js';
import { LiveFeed } from './live-feed.js';

const catalogue = loadCatalogue();
const draft = blueprint.parse(findBlueprint(catalogue, 'prd', 'draft'));
const log = createLogger('orchestrator', 'silent');
const live = createInProcessLive();
let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const made = await testDatabase({ migrate: async (url) => void (await migrate(url)) });
  drop = () => made.drop();
  database = new Database({ url: made.url, applicationName: 'advance-run.int.spec' });
  await database.connect();
}, 60_000);
afterAll(async () => {
  await live.close();
  await database.close();
  await drop();
});

/** A broker that keeps what it is sent, or is away. */
class Desk {
  runId = '';
  /** Runs besides its own whose messages it keeps. */
  others = new Set<string>();
  sent: AnyMessage[] = [];
  away = false;
  async publish(messages: AnyMessage[]): Promise<void> {
    if (this.away) throw new Error('the broker is away');
    this.sent.push(...messages.filter(({ run_id }) => run_id === this.runId || (run_id && this.others.has(run_id))));
  }
  commands() {
    return this.sent.flatMap((message) => (message.name === 'step.generate' ? [message] : []));
  }
}

function documents(): NewRun['documents'] {
  const steps = draft.stages.flatMap(({ sections }) => sections.map((sectionId) => ({ id: newId(), sectionId })));
  return [{ kind: 'prd', versionId: newId(), blueprint: draft, steps }];
}

async function newRun() {
  const desk = new Desk();
  const publisher = new Publisher(database.read, desk, log);
  const sender = new OutboxSender(publisher, database, log);
  const feed = new LiveFeed(live, database.read, log);
  const presence = createInProcessPresence();
  const left: string[] = [];
  const limiter = { leave: async (stepIds: readonly string[]) => void left.push(...stepIds) };
  const plenty = { interactive: 1_000, background: 1_000, features: 1_000 };
  const capacity = { slots: async () => plenty, atOnce: () => plenty };
  const admission = new Admission({ database, capacity, sender, live: feed, log });
  const advance = new AdvanceRun({ database, sender, admission, presence, limiter, live: feed, log });
  const repairs: string[] = [];
  const sweeper = new Sweeper({
    database,
    advance,
    presence,
    behind: async () => false,
    promote: async () => 0,
    repaired: (kind) => void repairs.push(kind),
    clock: systemClock,
    log,
  });
  const runId = newId();
  desk.runId = runId;
  const projectId = newId();
  const workspaceId = DEFAULT_WORKSPACE_ID;
  const made: NewRun = {
    id: runId,
    workspaceId,
    projectId,
    kind: 'plan',
    mode: 'draft',
    provider: 'offline',
    model: 'offline-writer',
    triggeredBy: 'test',
    inputSnapshot: { project_name: 'P', idea: 'Find a free court.', constraints: '' },
    templates: pinnedTemplates(catalogue, [draft]),
    pinnedVersions: {},
    documents: documents(),
  };
  await database.transaction(async (tx) => {
    const project = {
      name: 'P',
      idea: 'Find a free court.',
      constraints: '',
      preferred_provider: null,
      preferred_model: null,
    };
    await tx.projects.insert({ ...project, id: projectId, workspaceId });
    await tx.runs.insert(made);
  });
  const deliver = (message: RunMessage) =>
    advance.execute({ runId, event: eventOf(message, Date.now(), 0.5), result: resultOf(message), message });
  const start = message('run.start', { run_id: runId });
  return {
    desk,
    publisher,
    sender,
    presence,
    sweeper,
    repairs,
    left,
    advance,
    made,
    runId,
    projectId,
    deliver,
    start,
    run: () => database.read.run(workspaceId, runId),
  };
}

function message<N extends RunMessage['name']>(
  name: N,
  payload: Parameters<typeof makeMessage<N>>[1] & { run_id: string },
): RunMessage {
  const envelope = { id: newId(), occurred_at: new Date().toISOString(), workspace_id: DEFAULT_WORKSPACE_ID };
  return makeMessage(name, payload, {
    ...envelope,
    run_id: payload.run_id,
    causation_id: null,
    traceparent: null,
  });
}

/** The generator's two facts for a command, with a text that names its section. */
function facts(command: ReturnType<Desk['commands']>[number]): [RunMessage, RunMessage] {
  const { run_id, step_id, attempt, hashes, section_id, provider, model } = command.payload;
  const fence = { run_id, step_id, attempt };
  const at = new Date().toISOString();
  return [
    message('step.started', { ...fence, started_at: at }),
    message('step.generated', {
      ...fence,
      content: `Text of ${section_id} – ü.`,
      provider,
      model,
      usage: null,
      hashes,
      finished_at: at,
    }),
  ];
}

/** Answers every command as it comes, until there are no more. */
async function play(run: Awaited<ReturnType<typeof newRun>>, answer = facts): Promise<string[]> {
  const order: string[] = [];
  for (let next = 0; next < run.desk.commands().length; next++) {
    const command = run.desk.commands()[next]!;
    order.push(command.payload.section_id);
    for (const fact of answer(command)) await run.deliver(fact);
  }
  return order;
}

it('takes a run from its first command to its end, stage by stage', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  const order = await play(run);
  expect(order).toEqual(draft.stages.flatMap(({ sections }) => sections));
  const { status, documents, steps } = (await run.run())!;
  expect({ status, documents }).toMatchObject({
    status: 'succeeded',
    documents: [{ status: 'ready', sections_completed: 7 }],
  });
  expect(steps.every((step) => step.status === 'succeeded' && step.attempt === 1)).toBe(true);
  const [document] = documents;
  const version = await database.read.version(DEFAULT_WORKSPACE_ID, document!.version_id);
  for (const section of version!.sections) {
    expect(section.content).toBe(`Text of ${section.id} – ü.`);
    expect(section.sha256).toBe(createHash('sha256').update(section.content!).digest('hex'));
    expect([section.prompt_hash, section.template_hash, section.input_hash].every((hash) => hash?.length === 64)).toBe(
      true,
    );
  }
  expect((await database.read.project(DEFAULT_WORKSPACE_ID, run.projectId))!.active_prd_version_id).toBe(
    document!.version_id,
  );
  const { events } = await live.read(runChannel(run.runId), { after: 0, limit: 1000 });
  expect(events.map(({ type }) => type)).toEqual([
    'stage',
    ...Array(3).fill(['section_complete', 'progress']).flat(),
    'stage',
    ...Array(3).fill(['section_complete', 'progress']).flat(),
    'stage',
    'section_complete',
    'progress',
    'document_complete',
    'complete',
  ]);
  await run.sender.flush();
  expect((await database.outbox.backlog()).count).toBe(0);
});

it('has the same end when every message comes three times', async () => {
  const run = await newRun();
  const thrice = async (fact: RunMessage) => {
    for (let i = 0; i < 3; i++) await run.deliver(fact);
  };
  await thrice(run.start);
  for (let next = 0; next < run.desk.commands().length; next++) {
    for (const fact of facts(run.desk.commands()[next]!)) await thrice(fact);
  }
  expect(run.desk.commands()).toHaveLength(7);
  expect(await run.run()).toMatchObject({ status: 'succeeded' });
});

it('costs a failed section that section, and the run says so', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  const victim = draft.stages[1]!.sections[0]!;
  await play(run, (command) => {
    const [started, generated] = facts(command);
    if (command.payload.section_id !== victim) return [started, generated];
    const { run_id, step_id, attempt } = command.payload;
    const failure = { code: 'auth' as const, detail: 'Key rejected', resets_at: null };
    return [started, message('step.failed', { run_id, step_id, attempt, failure, draft: 'half a', usage: null })];
  });
  const found = (await run.run())!;
  expect(found).toMatchObject({ status: 'partial', documents: [{ status: 'partial', sections_completed: 6 }] });
  expect(found.error).toMatch(/1 of 7 sections failed: Open Questions/);
  const version = await database.read.version(DEFAULT_WORKSPACE_ID, found.documents[0]!.version_id);
  expect(version!.sections.find(({ id }) => id === victim)).toMatchObject({
    status: 'failed',
    content: null,
    draft: 'half a',
  });
});

it('sends by the relay what could not be sent at once', async () => {
  const run = await newRun();
  run.desk.away = true;
  await run.deliver(run.start);
  expect(run.desk.sent).toEqual([]);
  run.desk.away = false;
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await relay(database, run.publisher);
  expect(run.desk.commands()).toHaveLength(1);
  await run.sender.flush();
  expect((await database.outbox.backlog()).count).toBe(0);
});

it('issues anew what was under way when everything died, and a late worker changes nothing', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  const [first] = run.desk.commands();
  await run.deliver(facts(first!)[0]);
  await run.sweeper.sweep(AFTER_RESTART);
  const [, second] = run.desk.commands().filter(({ payload }) => payload.step_id === first!.payload.step_id);
  expect(second).toMatchObject({ payload: { step_id: first!.payload.step_id, attempt: 2 } });
  expect(await run.deliver(facts(first!)[1])).toMatchObject({
    effects: [{ type: 'ignored', reason: 'stale_attempt' }],
  });
  await run.deliver(facts(second!)[1]);
  expect((await run.run())!.steps[0]).toMatchObject({ status: 'succeeded', attempt: 2 });
});

it('begins a run whose first command was lost', async () => {
  const run = await newRun();
  await run.sweeper.sweep(AFTER_RESTART);
  expect(await run.run()).toMatchObject({ status: 'running' });
  expect(run.desk.commands()).toMatchObject([{ payload: { attempt: 1 } }]);
  expect(run.repairs).toContain('run_not_begun');
});

it('cancels, keeps the partial text that comes later, and ends as cancelled', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  const [command] = run.desk.commands();
  const { run_id, step_id, attempt } = command!.payload;
  await run.deliver(facts(command!)[0]);
  await run.deliver(message('run.cancel', { run_id, requested_at: new Date().toISOString() }));
  expect(run.desk.sent).toContainEqual(
    expect.objectContaining({ name: 'step.cancel', payload: { run_id, steps: [{ step_id, attempt }] } }),
  );
  await run.deliver(message('step.cancelled', { run_id, step_id, attempt, draft: 'half', usage: null }));
  const found = (await run.run())!;
  expect(found).toMatchObject({ status: 'cancelled', documents: [{ status: 'cancelled' }] });
  // None of its steps stands in anybody's way on the limits.
  expect(new Set(run.left)).toEqual(new Set((found as { steps: { id: string }[] }).steps.map(({ id }) => id)));
  const version = await database.read.version(DEFAULT_WORKSPACE_ID, found.documents[0]!.version_id);
  expect(version!.sections.find((section) => section.step_id === step_id)).toMatchObject({
    status: 'cancelled',
    content: null,
    draft: 'half',
  });
});

it('books what every attempt called, the lost and the cancelled ones too, each call once', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  const [command] = run.desk.commands();
  const { run_id, step_id, attempt, provider } = command!.payload;
  const fence = { run_id, step_id };
  const call = (model: string, cost: number | null) => ({
    ...{ provider, model, outcome: 'stopped', usage: plainUsage(100, 10, false), cost, request_id: null },
  });
  await run.deliver(facts(command!)[0]);
  await run.deliver(message('step.lost', { ...fence, attempt }));
  expect((await run.run())!.steps[0]).toMatchObject({ attempt: 2, usage: null, cost: null });
  await run.deliver(message('run.cancel', { run_id, requested_at: new Date().toISOString() }));
  const late = { ...fence, draft: null, usage: null };
  const told = [
    message('step.cancelled', { ...late, attempt: 2, calls: [call('a', 7), call('b', null)] }),
    message('step.failed', {
      ...{ ...late, attempt, failure: { code: 'connection' as const, detail: 'reset' } },
      calls: [call('a', 5)],
    }),
  ];
  for (const fact of [...told, ...told]) await run.deliver(fact);
  const found = (await run.run())!;
  const sum = { usage: plainUsage(300, 30, false), cost: { amount: 12, currency: 'USD', unpriced_calls: 1 } };
  expect(found).toMatchObject({ status: 'cancelled', ...sum });
  expect(found.steps[0]).toMatchObject(sum);
});

it('obeys a stored wish to stop with the next message, whatever that is, and begins nothing more', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  const [command] = run.desk.commands();
  const [started, generated] = facts(command!);
  await run.deliver(started);
  // The message that tells of it is still on its way.
  await database.transaction((tx) => tx.runs.requestCancel(DEFAULT_WORKSPACE_ID, run.runId));
  await run.deliver(generated);
  expect(run.desk.commands()).toHaveLength(1);
  const found = (await run.run())!;
  expect(found).toMatchObject({ status: 'cancelled' });
  // What was finished before it was told to stop is finished.
  expect(found.steps[0]).toMatchObject({ status: 'succeeded' });
});

it('does nothing of a message whose transaction fails, and all of it when the message comes again', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  const [command] = run.desk.commands();
  const [started, generated] = facts(command!);
  await run.deliver(started);
  const sent = run.desk.sent.length;
  // A character that PostgreSQL can't store fails the transaction at its end.
  const broken = structuredClone(generated) as Extract<RunMessage, { name: 'step.generated' }>;
  broken.payload.content = 'half \u0000';
  await expect(run.deliver(broken)).rejects.toThrow();
  expect(run.desk.sent).toHaveLength(sent);
  expect((await run.run())!.steps[0]).toMatchObject({ status: 'running' });
  expect(await run.deliver(generated)).toMatchObject({ effects: expect.any(Array) });
  expect((await run.run())!.steps[0]).toMatchObject({ status: 'succeeded' });
});

it('commits together what comes at once, each message once, and lets what can not be stored fail alone', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  for (let next = 0; next < 3; next++) {
    for (const fact of facts(run.desk.commands()[next]!)) await run.deliver(fact);
  }
  // Stage 2: three sections at once.
  const commands = run.desk.commands().slice(3);
  expect(commands).toHaveLength(3);
  const [one, two, three] = commands.map((command) => facts(command));
  const broken = structuredClone(two![1]) as Extract<RunMessage, { name: 'step.generated' }>;
  broken.payload.content = 'half \u0000';
  const outcomes = await Promise.allSettled(
    [one![0], two![0], three![0], one![1], one![1], broken, three![1]].map((fact) => run.deliver(fact)),
  );
  expect(outcomes.map(({ status }) => status)).toEqual([...Array(5).fill('fulfilled'), 'rejected', 'fulfilled']);
  expect(outcomes[4]).toMatchObject({ value: 'duplicate' });
  await run.deliver(two![1]);
  await play({
    ...run,
    desk: Object.assign(Object.create(run.desk) as Desk, { commands: () => run.desk.commands().slice(6) }),
  });
  expect(await run.run()).toMatchObject({
    status: 'succeeded',
    documents: [{ status: 'ready', sections_completed: 7 }],
  });
});

it('needs two transactions for any number of messages of a run that come at once', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  const begun = facts(run.desk.commands()[0]!)[0];
  const copies = Array.from({ length: 20 }, () => ({ ...begun, id: newId() }));
  const transactions = jest.spyOn(Database.prototype, 'transaction');
  await Promise.all(copies.map((copy) => run.deliver(copy)));
  expect(transactions).toHaveBeenCalledTimes(2);
  transactions.mockRestore();
});

it('stores half a surrogate pair as the character that says so', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  const generated = structuredClone(facts(run.desk.commands()[0]!)[1]) as Extract<
    RunMessage,
    { name: 'step.generated' }
  >;
  generated.payload.content = 'cut \ud83d';
  await run.deliver(generated);
  const version = await database.read.version(DEFAULT_WORKSPACE_ID, (await run.run())!.documents[0]!.version_id);
  expect(version!.sections.find(({ content }) => content !== null)?.content).toBe('cut \ufffd');
});

it('sends nothing of what is rolled back at the very end', async () => {
  const run = await newRun();
  const sent = run.desk.sent.length;
  const whole = Database.prototype.transaction;
  const fail = jest.spyOn(Database.prototype, 'transaction').mockImplementationOnce(function (this: Database, work) {
    return whole.call(this, async (tx) => {
      await work(tx);
      throw new Error('disk full');
    });
  });
  await expect(run.deliver(run.start)).rejects.toThrow('disk full');
  fail.mockRestore();
  expect(run.desk.sent).toHaveLength(sent);
  expect(await run.run()).toMatchObject({ status: 'queued' });
});

it('says that the database is away, so that no delivery is counted', async () => {
  const run = await newRun();
  const away = Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
  const fail = jest.spyOn(Database.prototype, 'transaction').mockRejectedValueOnce(away);
  await expect(run.deliver(run.start)).rejects.toBeInstanceOf(UnavailableError);
  fail.mockRestore();
  expect(await run.deliver(run.start)).toMatchObject({ effects: expect.any(Array) });
});

it('begins the run that waited, in the transaction that ends the one before it', async () => {
  const run = await newRun();
  await run.deliver(run.start);
  const waiting = newId();
  await database.transaction(async (tx) => {
    const inserted = await tx.runs.insert({ ...run.made, id: waiting, documents: documents() }, 'wait');
    expect(inserted).toMatchObject({ ok: true, waitsFor: [run.runId] });
  });
  run.desk.others.add(waiting);
  await play(run);
  expect(run.desk.sent.filter(({ name }) => name === 'run.start')).toMatchObject([{ payload: { run_id: waiting } }]);
  const scopes = await database.transaction((tx): Promise<object[]> =>
    tx.manager.query('SELECT scope, waiting FROM run_scopes WHERE run_id = $1', [waiting]),
  );
  expect(scopes).toEqual([{ scope: 'prd', waiting: false }]);
});

it('leaves a run alone that is not there', async () => {
  const run = await newRun();
  const unknown = { ...run.start, id: newId(), payload: { run_id: newId() } } as RunMessage;
  const outcome = await run.advance.execute({
    runId: unknown.payload.run_id,
    event: eventOf(unknown, 0, 0),
    result: undefined,
    message: unknown,
  });
  expect(outcome).toBe('unknown_run');
});
