import type { AnyMessage, FailureCode, FeatureResource } from '@planwright/contracts';
import {
  blueprint,
  DEFAULT_WORKSPACE_ID,
  featuresChannel,
  makeMessage,
  parseMessage,
  projectChannel,
} from '@planwright/contracts';
import { createInProcessLive } from '@planwright/live';
import { Database, migrate } from '@planwright/persistence';
import type { NewRun } from '@planwright/persistence';
import { createInProcessPresence } from '@planwright/presence';
import { findBlueprint, loadCatalogue, pinnedTemplates } from '@planwright/prompts';
import { createLogger, newId } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import { Admission } from '../admission/admission.js';
import { OutboxSender } from '../outbox/outbox-sender.js';
import { Publisher } from '../outbox/publisher.js';
import { wakeDueSteps } from '../time/due-scanner.js';
import { AdvanceRun } from './advance-run.js';
import { eventOf, resultOf } from './events.js';
import type { RunMessage } from './events.js';
import { LiveFeed } from './live-feed.js';

const catalogue = loadCatalogue();
const blueprints = ['feature_spec', 'feature_tasks'].map((kind) =>
  blueprint.parse(findBlueprint(catalogue, kind, null)),
);
const SPEC = ['feature_overview', 'feature_behaviour', 'feature_design', 'feature_risks_rollout'];
const TASKS = 'feature_task_list';
const DESCRIPTION = 'Members swap slots with each other.';
const log = createLogger('orchestrator', 'silent');
const live = createInProcessLive();
let database: Database;
let drop: () => Promise<void>;

beforeAll(async () => {
  const made = await testDatabase({ migrate: async (url) => void (await migrate(url)) });
  drop = () => made.drop();
  database = new Database({ url: made.url, applicationName: 'feature-run.int.spec' });
  await database.connect();
}, 60_000);
afterAll(async () => {
  await live.close();
  await database.close();
  await drop();
});

type Command = Extract<AnyMessage, { name: 'step.generate' }>;
type Answer = 'text' | FailureCode;

/** A present that stands still until it is told to go on. */
class StoppedClock {
  private ms = Date.now();
  now = () => this.ms;
  forward(seconds: number): void {
    this.ms += seconds * 1_000;
  }
}

async function newProject(): Promise<string> {
  const id = newId();
  const texts = { name: 'P', idea: 'Find a free court.', constraints: '' };
  const preferred = { preferred_provider: null, preferred_model: null };
  await database.transaction((tx) =>
    tx.projects.insert({ ...texts, ...preferred, id, workspaceId: DEFAULT_WORKSPACE_ID }),
  );
  return id;
}

/** A feature with its run, the orchestrator that advances it, and a generator that answers as it is told. */
async function newFeature(projectId: string, description = DESCRIPTION) {
  const featureId = newId();
  const run = runOf(projectId, featureId, description);
  await database.transaction(async (tx) => {
    await tx.features.insert({ id: featureId, workspaceId: DEFAULT_WORKSPACE_ID, projectId, description });
    await tx.runs.insert(run);
  });
  return new FeatureRun(projectId, featureId, run.id);
}

function runOf(projectId: string, featureId: string, description: string, idea = 'Find a free court.'): NewRun {
  return {
    id: newId(),
    workspaceId: DEFAULT_WORKSPACE_ID,
    projectId,
    featureId,
    kind: 'feature',
    mode: null,
    provider: 'offline',
    model: 'offline-writer',
    triggeredBy: 'test',
    inputSnapshot: { project_name: 'P', idea, constraints: '', feature_description: description },
    templates: pinnedTemplates(catalogue, blueprints),
    pinnedVersions: {},
    documents: blueprints.map((made) => ({
      kind: made.document,
      versionId: newId(),
      blueprint: made,
      steps: made.stages.flatMap(({ sections }) => sections.map((sectionId) => ({ id: newId(), sectionId }))),
    })),
  };
}

/** All that was sent: whoever admits steps sends those of others, too. */
const SENT: AnyMessage[] = [];

class FeatureRun {
  readonly clock = new StoppedClock();
  /** How long it takes until a call fails, in seconds. */
  failsAfter = 0;
  /** Sections in the order they were asked for, each once per attempt. */
  readonly asked: string[] = [];
  private readonly advance: AdvanceRun;
  private readonly played = new Set<string>();

  constructor(
    private readonly projectId: string,
    readonly featureId: string,
    private runId: string,
  ) {
    const broker = { publish: async (messages: AnyMessage[]) => void SENT.push(...messages) };
    const sender = new OutboxSender(new Publisher(database.read, broker, log), database, log);
    const feed = new LiveFeed(live, database.read, log);
    const plenty = { interactive: 1_000, background: 1_000, features: 1_000 };
    const capacity = { slots: async () => plenty, atOnce: () => plenty };
    const admission = new Admission({ database, capacity, sender, live: feed, log });
    const limiter = { leave: async () => undefined };
    const presence = createInProcessPresence();
    this.advance = new AdvanceRun({ database, sender, admission, presence, limiter, live: feed, log });
  }

  start = () => this.tell('run.start', { run_id: this.runId });
  cancel = () =>
    this.tell('run.cancel', { run_id: this.runId, requested_at: new Date(this.clock.now()).toISOString() });

  /** Answers every command there is, and those that follow; `how` says what a section gets on each of its attempts. */
  async play(how: (sectionId: string, attempt: number) => Answer | null = () => 'text'): Promise<void> {
    for (let open = this.open(); open.length > 0; open = this.open()) {
      let answered = 0;
      for (const command of open) {
        const answer = how(command.payload.section_id, command.payload.attempt);
        if (answer === null) continue;
        this.played.add(command.id);
        answered++;
        this.asked.push(command.payload.section_id);
        await this.answer(command, answer);
      }
      if (answered === 0) return;
    }
  }

  /** The due-scanner's round, `seconds` later. */
  async later(seconds: number): Promise<void> {
    this.clock.forward(seconds);
    await wakeDueSteps(database, this.advance, this.clock, log);
  }

  commands = () => this.sent().flatMap((message) => (message.name === 'step.generate' ? [message] : []));
  feature = async () => (await database.read.feature(DEFAULT_WORKSPACE_ID, this.featureId)) as FeatureResource;
  step = async (sectionId: string) =>
    (await database.read.run(DEFAULT_WORKSPACE_ID, this.runId))?.steps.find((step) => step.section_id === sectionId);
  cards = async () => {
    const { items } = await database.read.tasks(DEFAULT_WORKSPACE_ID, this.projectId, { limit: 100 });
    return items.filter(({ feature_id }) => feature_id === this.featureId);
  };
  /** What followers of the project's features were told of this one. */
  events = async () => {
    const { events } = await live.read(featuresChannel(this.projectId), { after: 0, limit: 1_000 });
    return events.filter((event) => 'feature_id' in event && event.feature_id === this.featureId);
  };
  /** As the broker carries them. */
  facts = () => {
    const facts = this.sent().filter(({ name }) => name.startsWith('feature.'));
    return facts.map((fact) => {
      const parsed = parseMessage(Buffer.from(JSON.stringify(fact)));
      if (!parsed.ok) throw new Error(parsed.reason);
      return parsed.message;
    });
  };

  /** A new run of the feature, as a person's retry makes it. */
  async retry() {
    const retried = await database.transaction((tx) =>
      tx.features.retry({
        workspaceId: DEFAULT_WORKSPACE_ID,
        featureId: this.featureId,
        triggeredBy: 'test',
        model: ({ provider, model }) => ({ provider, model }),
      }),
    );
    if (!retried.ok) throw new Error(retried.why);
    this.runId = retried.runId;
    this.asked.length = 0;
  }

  /** A new run of all of it, as the gateway makes one where the feature is stale. */
  async writeAnew(idea: string) {
    const run = runOf(this.projectId, this.featureId, DESCRIPTION, idea);
    await database.transaction((tx) => tx.runs.insert(run));
    this.runId = run.id;
    this.asked.length = 0;
  }

  private sent = () => SENT.filter(({ run_id }) => run_id === this.runId);
  open = () => this.commands().filter(({ id }) => !this.played.has(id));

  private async answer({ payload }: Command, answer: Answer): Promise<void> {
    const { run_id, step_id, attempt, hashes, section_id, provider, model, output } = payload;
    const fence = { run_id, step_id, attempt };
    const at = new Date(this.clock.now()).toISOString();
    await this.tell('step.started', { ...fence, started_at: at });
    if (answer !== 'text') {
      this.clock.forward(this.failsAfter);
      const failure = { code: answer, detail: 'As scripted', resets_at: null };
      return this.tell('step.failed', { ...fence, failure, draft: null, usage: null });
    }
    const content = output === 'tasks' ? TASK_LIST : `Text of ${section_id}.`;
    await this.tell('step.generated', { ...fence, content, provider, model, usage: null, hashes, finished_at: at });
  }

  private async tell<N extends RunMessage['name']>(
    name: N,
    payload: Parameters<typeof makeMessage<N>>[1] & { run_id: string },
  ): Promise<void> {
    const at = { id: newId(), occurred_at: new Date().toISOString(), workspace_id: DEFAULT_WORKSPACE_ID };
    const envelope = { ...at, run_id: payload.run_id, causation_id: null, traceparent: null };
    const message = makeMessage(name, payload, envelope) as RunMessage;
    const event = eventOf(message, this.clock.now(), 0.5);
    await this.advance.execute({ runId: payload.run_id, event, result: resultOf(message), message });
  }
}

const task = (ref: string, dependencies: string[]) => ({
  ...{ ref, title: `Task ${ref}`, description: 'What to build.', dependencies, requirements: [] },
  acceptance_criteria: ['Given a slot, when it is swapped, then both members see it.'],
  ...{ type: 'feature', priority: 'medium', estimate: 3, labels: ['api'] },
});
const TASK_LIST = JSON.stringify({ tasks: [task('T1', []), task('T2', ['T1']), task('T3', ['T1'])] });

describe('a feature run', () => {
  it('writes the spec, then the tasks, and ends with cards on the board', async () => {
    const run = await newFeature(await newProject());
    expect(await run.feature()).toMatchObject({ status: 'pending', processing_started_at: null });
    await run.start();
    run.clock.forward(1);
    expect(await run.feature()).toMatchObject({ status: 'processing', processing_completed_at: null, task_count: 0 });
    await run.play();
    expect(run.asked).toEqual([...SPEC, TASKS]);
    for (const { payload } of run.commands()) {
      expect(payload).toMatchObject({ class: 'features', attempt: 1 });
      expect(JSON.stringify(payload.prompt)).toContain(DESCRIPTION);
    }
    const tasks = run.commands().at(-1)?.payload;
    expect(JSON.stringify(tasks?.prompt)).toContain('Text of feature_overview.');

    const feature = await run.feature();
    expect(feature).toMatchObject({
      status: 'completed',
      error_message: null,
      task_count: 3,
      processing_completed_at: new Date(run.clock.now()).toISOString(),
    });
    expect(Date.parse(feature.processing_started_at ?? '')).toBe(run.clock.now() - 1_000);
    const spec = await database.read.version(DEFAULT_WORKSPACE_ID, feature.spec_version_id ?? '');
    expect(spec?.sections.map(({ id, content }) => [id, content])).toEqual(SPEC.map((id) => [id, `Text of ${id}.`]));
    const cards = await run.cards();
    expect(cards.map(({ title }) => title)).toEqual(['Task T1', 'Task T2', 'Task T3']);
    for (const card of cards) expect(card).toMatchObject({ origin: 'ai', status: 'todo', edited_fields: [] });
    expect(cards[1]?.dependencies).toEqual([cards[0]?.id]);
  });

  it('that writes a completed one anew merges its cards, and nothing of it is stale any more', async () => {
    const projectId = await newProject();
    const run = await newFeature(projectId);
    await run.start();
    await run.play();
    const [before, cards] = [await run.feature(), await run.cards()];
    const stale = () => database.transaction((tx) => tx.documents.staleFeatures(DEFAULT_WORKSPACE_ID, projectId));
    expect(await stale()).toEqual([]);
    const idea = 'Find a free boat.';
    await database.transaction((tx) =>
      tx.manager.query('UPDATE projects SET idea = $2 WHERE id = $1', [projectId, idea]),
    );
    expect(await stale()).toEqual([run.featureId]);
    await run.writeAnew(idea);
    await run.start();
    await run.play();
    expect(run.asked.toSorted()).toEqual([...SPEC, TASKS].toSorted());
    const after = await run.feature();
    expect(after).toMatchObject({ status: 'completed', task_count: 3, error_message: null });
    expect(after.spec_version_id).not.toBe(before.spec_version_id);
    expect((await run.cards()).map(({ id, key, title }) => [id, key, title])).toEqual(
      cards.map(({ id, key, title }) => [id, key, title]),
    );
    expect(await stale()).toEqual([]);
  });

  it('tells of it on the channel of the features, numbered from 1, and of its cards on that of the project', async () => {
    const projectId = await newProject();
    const run = await newFeature(projectId);
    await run.start();
    await run.play();
    const { featureId: feature_id } = run;
    const { run_id } = await run.feature();
    const of = { run_id, feature_id };
    const message = 'Feature created! 3 tasks added to your board';
    const told = [
      { type: 'feature.progress', ...of, message: 'Generating spec...' },
      { type: 'feature.progress', ...of, message: 'Creating tasks...' },
      { type: 'feature.generated', ...of, task_count: 3, message, project_id: projectId },
    ];
    const channel = featuresChannel(projectId);
    const envelope = { v: 1, channel, epoch: expect.any(String), ts: expect.any(String) };
    const events = await run.events();
    expect(events).toEqual(told.map((body, i) => ({ ...envelope, seq: i + 1, ...body })));
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
    const stored = await database.read.featureEvents(projectId, 0, 10);
    expect(stored.map(({ n, body }) => [n, body])).toEqual(told.map((body, i) => [i + 1, body]));
    expect(run.facts().map(({ name, run_id: about, payload }) => ({ name, about, payload }))).toEqual(
      told.map(({ type, run_id: about, ...fields }, i) => ({
        name: type,
        about,
        payload: { project_id: projectId, n: i + 1, ...fields },
      })),
    );
    const board = await live.read(projectChannel(projectId), { after: 0, limit: 100 });
    expect(board.events.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
      '1 run.started',
      '2 task.created',
      '3 task.created',
      '4 task.created',
      '5 run.ended',
    ]);
  });

  it('of several at once each completes with its own cards, and the numbers have no gap', async () => {
    const projectId = await newProject();
    const runs = await Promise.all(Array.from({ length: 5 }, (_, i) => newFeature(projectId, `Feature ${i}`)));
    await Promise.all(runs.map((run) => run.start()));
    while (runs.some((run) => run.open().length > 0)) await Promise.all(runs.map((run) => run.play()));
    for (const run of runs) {
      expect(await run.feature()).toMatchObject({ status: 'completed', task_count: 3 });
      expect(await run.cards()).toHaveLength(3);
    }
    const keys = (await Promise.all(runs.map((run) => run.cards()))).flat().map(({ key }) => key);
    expect(new Set(keys).size).toBe(15);
    const stored = await database.read.featureEvents(projectId, 0, 100);
    expect(stored.map(({ n }) => n)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  });
});

describe('a failure of a feature step', () => {
  it.each<FailureCode>(['overloaded', 'timeout', 'connection', 'server_error'])(
    'that waiting can help (%s) is tried once more, after 30 s',
    async (code) => {
      const run = await newFeature(await newProject());
      await run.start();
      await run.play((section, attempt) => (section === 'feature_overview' && attempt === 1 ? code : 'text'));
      const failedAt = run.clock.now();
      expect(await run.step('feature_overview')).toMatchObject({
        ...{ status: 'delayed', tries: 1, reason: code },
        next_attempt_at: new Date(failedAt + 30_000).toISOString(),
      });
      await run.later(29.9);
      expect(run.commands()).toHaveLength(1);
      expect(await run.feature()).toMatchObject({ status: 'processing', error_message: null });
      await run.later(0.1);
      expect(run.commands().at(-1)?.payload).toMatchObject({ section_id: 'feature_overview', attempt: 2 });
      await run.play();
      expect(await run.feature()).toMatchObject({ status: 'completed', task_count: 3 });
    },
  );

  it('that comes again after 30 s fails the feature, without a third try', async () => {
    const projectId = await newProject();
    const run = await newFeature(projectId);
    await run.start();
    await run.play((section) => (section === 'feature_design' ? 'overloaded' : 'text'));
    await run.later(30);
    await run.play(() => 'overloaded');
    expect(await run.step('feature_design')).toMatchObject({ status: 'failed', attempt: 2, tries: 2 });
    const feature = await run.feature();
    expect(feature).toMatchObject({
      status: 'failed',
      task_count: 0,
      processing_completed_at: new Date(run.clock.now()).toISOString(),
      error_message: expect.stringMatching(/^Feature Spec is incomplete: .*Design \(The provider is overloaded\)/),
    });
    expect((await run.events()).at(-1)).toMatchObject({
      type: 'feature.generation.failed',
      feature_id: run.featureId,
      error: feature.error_message,
      description: DESCRIPTION,
      project_id: projectId,
    });
    expect(await run.cards()).toEqual([]);
  });

  it.each<FailureCode>(['auth', 'malformed', 'invalid_request', 'content_filtered', 'too_large'])(
    'that waiting can not help (%s) fails it at once',
    async (code) => {
      const run = await newFeature(await newProject());
      await run.start();
      await run.play((section) => (section === TASKS ? code : 'text'));
      expect(run.asked).toEqual([...SPEC, TASKS]);
      expect(await run.step(TASKS)).toMatchObject({ status: 'failed', attempt: 1, next_attempt_at: null });
      expect(await run.feature()).toMatchObject({
        status: 'failed',
        error_message: expect.stringContaining('Feature Tasks could not be written'),
        spec_version_id: expect.any(String),
      });
      expect((await run.events()).at(-1)).toMatchObject({ type: 'feature.generation.failed' });
    },
  );
});

it('a feature has 300 s of provider time, whatever is tried again', async () => {
  const run = await newFeature(await newProject());
  run.failsAfter = 10;
  await run.start();
  for (let round = 0; round < 5; round++) {
    await run.play((_section, attempt) => (attempt === 1 ? 'connection' : 'text'));
    await run.later(30);
  }
  expect(await run.feature()).toMatchObject({ status: 'completed' });
  /** Along the longest way: the second stage is written side by side. */
  const sumOf = (attempt: number) => {
    const commands = run.commands().filter(({ payload }) => payload.attempt === attempt);
    const limits = new Map(commands.map(({ payload }) => [payload.section_id, payload.timeout_ms]));
    const [overview = 0, behaviour = 0, design = 0, risks = 0, tasks = 0] = [...SPEC, TASKS].map((id) =>
      limits.get(id),
    );
    return overview + behaviour + Math.max(design, risks) + tasks;
  };
  expect(sumOf(1)).toBe(300_000);
  // Four tries one after the other have used 10 s each.
  expect(sumOf(2)).toBe(260_000);
});

describe('a feature that is cancelled', () => {
  it('before it began has failed, and says so', async () => {
    const run = await newFeature(await newProject());
    await run.cancel();
    const feature = await run.feature();
    expect(feature).toMatchObject({ status: 'failed', processing_started_at: null, spec_version_id: null });
    expect(feature.error_message).toMatch(/^The feature was cancelled\./);
    expect(await run.events()).toMatchObject([{ type: 'feature.generation.failed', error: feature.error_message }]);
  });

  it('while it waits for its second try has failed, and keeps what is written for its retry', async () => {
    const run = await newFeature(await newProject());
    await run.start();
    await run.play((section) => (section === 'feature_behaviour' ? 'connection' : 'text'));
    await run.cancel();
    expect(await run.feature()).toMatchObject({
      status: 'failed',
      error_message: expect.stringContaining('cancelled'),
    });
    await run.later(30);
    expect(run.asked).toEqual(['feature_overview', 'feature_behaviour']);
    await run.retry();
    await run.start();
    await run.play();
    expect(run.asked).toEqual([...SPEC.slice(1), TASKS]);
    expect(await run.feature()).toMatchObject({ status: 'completed', error_message: null, task_count: 3 });
  });
});

it('a feature that failed with its tasks is retried with its tasks alone, and has its cards once', async () => {
  const run = await newFeature(await newProject());
  await run.start();
  await run.play((section) => (section === TASKS ? 'malformed' : 'text'));
  const { spec_version_id: spec, processing_started_at: began } = await run.feature();
  run.clock.forward(5);
  await run.retry();
  expect(await run.feature()).toMatchObject({ status: 'pending', error_message: null, spec_version_id: spec });
  await run.start();
  await run.play();
  expect(run.asked).toEqual([TASKS]);
  expect(await run.feature()).toMatchObject({ status: 'completed', spec_version_id: spec, task_count: 3 });
  expect((await run.feature()).processing_started_at).not.toBe(began);
  expect(await run.cards()).toHaveLength(3);
  expect((await run.events()).map(({ type }) => type)).toEqual([
    'feature.progress',
    'feature.progress',
    'feature.generation.failed',
    'feature.progress',
    'feature.generated',
  ]);
});

it('has the same end when every message comes twice', async () => {
  const run = await newFeature(await newProject());
  await run.start();
  await run.start();
  await run.play();
  await run.start();
  expect(await run.feature()).toMatchObject({ status: 'completed', task_count: 3 });
  expect((await run.events()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});
