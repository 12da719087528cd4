import type { Blueprint, TaskDraft } from '@planwright/contracts';
import { DEFAULT_WORKSPACE_ID, promptText } from '@planwright/contracts';
import { createInProcessLive } from '@planwright/live';
import { Database, migrate, storeTaskSet, taskListsIn } from '@planwright/persistence';
import type { NewRun, NewRunDocument, StepResult } from '@planwright/persistence';
import { createInProcessPresence } from '@planwright/presence';
import { findBlueprint, loadCatalogue, pinnedTemplates } from '@planwright/prompts';
import { createLogger, newId } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import { Admission } from '../admission/admission.js';
import { OutboxSender } from '../outbox/outbox-sender.js';
import { Publisher } from '../outbox/publisher.js';
import { renderStep } from '../outbox/render-step.js';
import { AdvanceRun } from './advance-run.js';
import { LiveFeed } from './live-feed.js';

const catalogue = loadCatalogue();
const detailed = findBlueprint(catalogue, 'prd', 'detailed')!;
const tasks = findBlueprint(catalogue, 'task_set', null)!;
/** The two lists of requirements alone: which sections these are is the blueprint's to say. */
const listed = detailed.sections.filter(({ requirements }) => requirements !== undefined);
const prd: Blueprint = {
  ...detailed,
  stages: [{ ...detailed.stages[1]!, number: 1, sections: listed.map(({ id }) => id) }],
  sections: listed.map((section) => ({ ...section, uses: [] })),
};
const taskSet: Blueprint = { ...tasks, requires: ['prd'] };
const [functional, quality] = listed.map(({ id }) => id) as [string, string];

const log = createLogger('orchestrator', 'silent');
const live = createInProcessLive();
let database: Database;
let drop: () => Promise<void>;
let projectId: string;
let advance: AdvanceRun;

beforeAll(async () => {
  const made = await testDatabase({ migrate: async (url) => void (await migrate(url)) });
  drop = () => made.drop();
  database = new Database({ url: made.url, applicationName: 'requirements.int.spec' });
  await database.connect();
  const sender = new OutboxSender(new Publisher(database.read, { publish: async () => undefined }, log), database, log);
  const feed = new LiveFeed(live, database.read, log);
  const plenty = { interactive: 1_000, background: 1_000, features: 1_000 };
  const capacity = { slots: async () => plenty, atOnce: () => plenty };
  const admission = new Admission({ database, capacity, sender, live: feed, log });
  const limiter = { leave: async () => undefined };
  advance = new AdvanceRun({
    database,
    sender,
    admission,
    presence: createInProcessPresence(),
    limiter,
    live: feed,
    log,
  });
}, 60_000);
afterAll(async () => {
  await live.close();
  await database.close();
  await drop();
});
beforeEach(async () => {
  projectId = newId();
  const project = {
    name: 'P',
    idea: 'Find a free court.',
    constraints: '',
    preferred_provider: null,
    preferred_model: null,
  };
  await database.transaction((tx) =>
    tx.projects.insert({ ...project, id: projectId, workspaceId: DEFAULT_WORKSPACE_ID }),
  );
});

/** Writes documents: of a section without a text, the one named is taken over. */
async function plan(
  blueprints: Blueprint[],
  carried: NewRunDocument['carried'] = [],
  pinnedVersions: Record<string, string> = {},
): Promise<NewRun> {
  const run: NewRun = {
    ...{ id: newId(), workspaceId: DEFAULT_WORKSPACE_ID, projectId, kind: 'plan', mode: 'detailed' },
    ...{ provider: 'offline', model: 'offline-writer', triggeredBy: 'test', pinnedVersions },
    inputSnapshot: { project_name: 'P', idea: 'Find a free court.', constraints: '' },
    templates: pinnedTemplates(catalogue, [detailed, tasks]),
    documents: blueprints.map((blueprint) => {
      const own = blueprint.sections.filter(({ id }) => carried.some(({ sectionId }) => sectionId === id));
      const steps = blueprint.sections.filter((section) => !own.includes(section));
      return {
        ...{ kind: blueprint.document, versionId: newId(), blueprint },
        steps: steps.map(({ id: sectionId }) => ({ id: newId(), sectionId })),
        carried: carried.filter(({ sectionId }) => own.some(({ id }) => id === sectionId)),
      };
    }),
  };
  await database.transaction((tx) => tx.runs.insert(run));
  return run;
}

/** Hands in texts as generators do, all of a stage at once, until the run has ended. */
async function write(run: NewRun, texts: Record<string, string>, more: Partial<StepResult> = {}) {
  const happen = (event: Parameters<AdvanceRun['execute']>[0]['event'], result?: StepResult) =>
    advance.execute({ runId: run.id, event, result, message: null });
  await happen({ type: 'run_started', at: Date.now() });
  for (;;) {
    const { steps = [] } = (await database.read.run(DEFAULT_WORKSPACE_ID, run.id)) ?? {};
    const open = steps.filter(({ status, attempt }) => status === 'queued' && attempt > 0);
    if (open.length === 0) break;
    await Promise.all(
      open.map(async ({ id: stepId, attempt, section_id }) => {
        const content = texts[section_id] ?? 'A text.';
        await happen(
          { type: 'step_generated', at: Date.now(), stepId, attempt },
          { stepId, attempt, content, ...more },
        );
      }),
    );
  }
  return database.read.run(DEFAULT_WORKSPACE_ID, run.id);
}

const versionOf = async (run: NewRun, document = 0) => {
  const version = await database.read.version(DEFAULT_WORKSPACE_ID, run.documents[document]?.versionId ?? '');
  if (!version) throw new Error('there is no such version');
  return version;
};
const idsOf = async (run: NewRun) =>
  (await versionOf(run)).requirements.map(({ id, text }) => `${id} ${/\*\*(.+?)\*\*/.exec(text)?.[1]}`);

const COURTS = '- **Courts** (must): The list shows free courts to players.\n  - Done when: one is seen.';
const HOLD = '- **Hold** (must): A court is held for five minutes.';
const UNDO = '- **Undo** (should): A player can cancel what was reserved.';
const SPEED = '- **Speed** (must): 800 ms for 95 of 100.';

it('gives ids with the texts, in their order, and writes nothing into them', async () => {
  const run = await plan([prd]);
  const content = `### List\n\n${COURTS}\n${HOLD}\n\n### More\n\n${UNDO}\n`;
  expect(await write(run, { [functional]: content, [quality]: SPEED })).toMatchObject({ status: 'succeeded' });
  const version = await versionOf(run);
  expect(version.requirements).toEqual([
    { id: 'FR-1', section_id: functional, text: '**Courts** (must): The list shows free courts to players.' },
    { id: 'FR-2', section_id: functional, text: '**Hold** (must): A court is held for five minutes.' },
    { id: 'FR-3', section_id: functional, text: '**Undo** (should): A player can cancel what was reserved.' },
    { id: 'NFR-1', section_id: quality, text: '**Speed** (must): 800 ms for 95 of 100.' },
  ]);
  expect(version.sections.find(({ id }) => id === functional)?.content).toBe(content);
});

it('keeps ids over versions, and gives no number twice', async () => {
  const first = await plan([prd]);
  await write(first, { [functional]: `${COURTS}\n${HOLD}\n${UNDO}`, [quality]: SPEED });
  const second = await plan([prd]);
  const pay = '- **Pay** (could): Somebody pays with a card.';
  await write(second, { [functional]: `${pay}\n${HOLD.replace('five', 'ten')}\n${COURTS}`, [quality]: SPEED });
  expect(await idsOf(second)).toEqual(['FR-4 Pay', 'FR-2 Hold', 'FR-1 Courts', 'NFR-1 Speed']);
  const third = await plan([prd]);
  await write(third, { [functional]: `${UNDO}\n- **Chat** (could): Members write to each other.`, [quality]: SPEED });
  expect(await idsOf(third)).toEqual(['FR-3 Undo', 'FR-5 Chat', 'NFR-1 Speed']);
  expect((await idsOf(first)).map((id) => id.split(' ')[0])).toEqual(['FR-1', 'FR-2', 'FR-3', 'NFR-1']);
});

it('takes ids and warnings over with a section that is not written anew', async () => {
  const first = await plan([prd]);
  const warnings = [{ rule: 'word_budget', message: 'The text is short' }];
  await write(first, { [functional]: `${COURTS}\n${HOLD}`, [quality]: SPEED }, { warnings });
  const [{ versionId }] = first.documents as [NewRunDocument];
  const second = await plan([prd], [{ sectionId: functional, fromVersionId: versionId }]);
  await write(second, { [quality]: '- **Backup** (must): Nightly, kept for a month.' });
  expect(await idsOf(second)).toEqual(['FR-1 Courts', 'FR-2 Hold', 'NFR-2 Backup']);
  const { sections } = await versionOf(second);
  expect(sections.map((section) => [section.id, section.warnings])).toEqual([
    [functional, warnings],
    [quality, []],
  ]);
});

it('gives each requirement an id of its own where two sections list some of one kind by one name', async () => {
  const both = { ...prd, sections: prd.sections.map((section) => ({ ...section, requirements: 'FR' as const })) };
  const first = await plan([both]);
  await write(first, { [functional]: UNDO, [quality]: '- **Speed** (must): 800 ms.' });
  expect((await idsOf(first)).map((id) => id.split(' ')[0]).sort()).toEqual(['FR-1', 'FR-2']);
  const texts = { [functional]: UNDO, [quality]: '- **Undo** (must): Whatever was reserved is free within a second.' };
  const second = await plan([both]);
  expect(await write(second, texts)).toMatchObject({ status: 'succeeded' });
  const third = await plan([both]);
  expect(await write(third, texts)).toMatchObject({ status: 'succeeded' });
  for (const run of [second, third]) expect(new Set(await idsOf(run)).size).toBe(2);
  expect(await idsOf(third)).toEqual(await idsOf(second));
});

it('gives no id to a text that failed', async () => {
  const run = await plan([prd]);
  await advance.execute({ runId: run.id, event: { type: 'run_started', at: Date.now() }, message: null });
  const stepId = run.documents[0]?.steps[0]?.id ?? '';
  const failure = { code: 'content_filtered', detail: 'No', resets_at: null } as const;
  await advance.execute({
    runId: run.id,
    message: null,
    event: { type: 'step_failed', at: Date.now(), stepId, attempt: 1, jitter: 0, failure },
    result: { stepId, attempt: 1, draft: COURTS },
  });
  expect(await idsOf(run)).toEqual([]);
});

const draft = (ref: string, requirements: string[], type: TaskDraft['type'] = 'feature'): TaskDraft => ({
  ...{ ref, title: `Task ${ref}`, description: 'Build it.', acceptance_criteria: ['It is there.'], type },
  ...{ priority: 'medium', estimate: 3, labels: [], dependencies: [], requirements },
});

it('shows tasks the ids, keeps their links, and drops those to nothing with a warning', async () => {
  const first = await plan([prd]);
  await write(first, { [functional]: `${COURTS}\n${HOLD}`, [quality]: SPEED });
  const [{ versionId }] = first.documents as [NewRunDocument];
  const run = await plan([taskSet], [], { prd: versionId });
  await advance.execute({ runId: run.id, event: { type: 'run_started', at: Date.now() }, message: null });

  const [inputs] = await database.read.renderInputs([{ stepId: run.documents[0]?.steps[0]?.id ?? '', attempt: 1 }]);
  const envelope = { id: newId(), occurred_at: new Date().toISOString(), workspace_id: DEFAULT_WORKSPACE_ID };
  const withSpec = { ...inputs!, documents: { ...inputs!.documents, tech_spec: inputs!.documents['prd']! } };
  const once = {
    ...withSpec,
    documents: { ...withSpec.documents, tech_spec: { ...withSpec.documents.tech_spec, requirements: [] } },
  };
  const rendered = renderStep(once, { ...envelope, run_id: run.id, causation_id: null, traceparent: null });
  if (!rendered.ok) throw new Error(rendered.failure.detail);
  const { prompt, lint } = rendered.message.payload;
  expect(prompt.user.find(({ data }) => data === 'requirements')?.text).toBe(
    'FR-1 **Courts** (must): The list shows free courts to players.\n' +
      'FR-2 **Hold** (must): A court is held for five minutes.\n' +
      'NFR-1 **Speed** (must): 800 ms for 95 of 100.',
  );
  expect(promptText(prompt.system)).not.toContain('FR-1');
  expect(lint).toEqual({ other_titles: [], language: expect.any(String) });

  const list = { tasks: [draft('T1', ['FR-1', 'FR-1']), draft('T2', ['FR-9', 'NFR-1']), draft('T3', [], 'enabler')] };
  await write(run, { tasks: JSON.stringify(list) });
  const { items } = await database.read.tasks(DEFAULT_WORKSPACE_ID, projectId, { limit: 10 });
  expect(items.map(({ requirements }) => requirements)).toEqual([['FR-1'], ['NFR-1'], []]);
  const [section] = (await versionOf(run)).sections;
  expect(section?.warnings).toEqual([{ rule: 'unknown_requirement', message: expect.stringContaining('T2 → FR-9') }]);
  expect(section?.content).toBe(JSON.stringify(list));

  // Made active again it says nothing twice.
  const again = { projectId, versionId: run.documents[0]?.versionId ?? '' };
  await database.transaction(async (tx) =>
    storeTaskSet(tx, { ...again, sections: await taskListsIn(tx, again.versionId) }),
  );
  expect((await versionOf(run)).sections[0]?.warnings).toEqual(section?.warnings);
});

it('leaves the board to the task set somebody chose while another one was written', async () => {
  const prds = await plan([prd]);
  await write(prds, { [functional]: COURTS, [quality]: SPEED });
  const pinned = { prd: prds.documents[0]?.versionId ?? '' };
  const tasksOf = (...refs: string[]) => ({
    tasks: JSON.stringify({ tasks: refs.map((ref) => draft(ref, ['FR-1'])) }),
  });
  const titles = async () => {
    const { items } = await database.read.tasks(DEFAULT_WORKSPACE_ID, projectId, { limit: 10 });
    return items.map(({ title }) => title);
  };
  const first = await plan([taskSet], [], pinned);
  await write(first, tasksOf('T1', 'T2'));
  const second = await plan([taskSet], [], pinned);
  await write(second, tasksOf('T1', 'T3'));
  expect(await titles()).toEqual(['Task T1', 'Task T3']);
  const third = await plan([taskSet], [], pinned);
  const chosen = first.documents[0]?.versionId ?? '';
  await database.transaction((tx) => tx.documents.activate(DEFAULT_WORKSPACE_ID, chosen));
  expect(await write(third, tasksOf('T9'))).toMatchObject({ status: 'succeeded' });
  expect(await titles()).toEqual(['Task T1', 'Task T3']);
  expect(await database.read.project(DEFAULT_WORKSPACE_ID, projectId)).toMatchObject({ active_task_set_id: chosen });
});
