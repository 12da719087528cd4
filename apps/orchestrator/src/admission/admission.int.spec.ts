import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import type { Blueprint } from '@planwright/contracts';
import { Database, migrate } from '@planwright/persistence';
import type { OutboxRow } from '@planwright/persistence';
import { createLogger, newId } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import type { OutboxSender } from '../outbox/outbox-sender.js';
import { Admission } from './admission.js';

const log = createLogger('orchestrator', 'silent');
let database: Database;
let drop: () => Promise<void>;

beforeEach(async () => {
  const made = await testDatabase({ migrate: async (url) => void (await migrate(url)), key: 'admission' });
  drop = () => made.drop();
  database = new Database({ url: made.url, applicationName: 'admission.int.spec', poolSize: 12 });
  await database.connect();
}, 60_000);
afterEach(async () => {
  await database.close();
  await drop();
});

/** An admission of a process of its own, and what it sent. */
function process(slots: number) {
  const sent: OutboxRow[] = [];
  const sender = { send: async (rows: readonly OutboxRow[]) => void sent.push(...rows) } as unknown as OutboxSender;
  const each = { interactive: slots, background: slots, features: slots };
  const capacity = { slots: async () => each, atOnce: () => each };
  const shown: string[] = [];
  const live = { show: async (channel: string) => void shown.push(channel) };
  return { admission: new Admission({ database, capacity, sender, live, log }), sent, shown };
}

const section = (id: string) => ({
  id,
  title: id,
  order: 0,
  prompt: `prd.${id}`,
  uses: [],
  output: 'markdown' as const,
  words: { min: 10, target: 20, max: 30 },
  max_output_tokens: 100,
});

/** A workspace with so many issued steps of one class, made as rows: how they came to be issued is not the point. */
async function backlog(steps: number, { tokens = 2_000, of = 'background' } = {}): Promise<string> {
  const workspaceId = newId();
  const projectId = newId();
  const ids = Array.from({ length: steps }, (_, i) => ({ id: newId(), sectionId: `s${i}` }));
  const blueprint: Blueprint = {
    id: 'prd.wide',
    version: 1,
    document: 'prd',
    mode: 'draft',
    title: 'PRD',
    requires: [],
    stages: [
      { number: 1, mode: 'parallel', streamed: false, timeout_seconds: 60, sections: ids.map((s) => s.sectionId) },
    ],
    sections: ids.map(({ sectionId }, order) => ({ ...section(sectionId), order })),
  };
  await database.transaction(async (tx) => {
    await tx.manager.query(`INSERT INTO workspaces (id, name) VALUES ($1, $2)`, [workspaceId, workspaceId]);
    const project = { name: 'P', idea: 'I', constraints: '', preferred_provider: null, preferred_model: null };
    await tx.projects.insert({ ...project, id: projectId, workspaceId });
    await tx.runs.insert({
      id: newId(),
      workspaceId,
      projectId,
      kind: 'plan',
      mode: 'draft',
      provider: 'offline',
      model: 'm',
      triggeredBy: 'test',
      inputSnapshot: { project_name: 'P', idea: 'I', constraints: '' },
      templates: {},
      pinnedVersions: {},
      documents: [{ kind: 'prd', versionId: newId(), blueprint, steps: ids }],
    });
    await tx.manager.query(
      `UPDATE steps SET attempt = 1, issued_at = clock_timestamp(), seen_at = clock_timestamp(), timeout_ms = 60000,
         class = $2, estimated_tokens = $3 WHERE workspace_id = $1`,
      [workspaceId, of, tokens],
    );
  });
  return workspaceId;
}

const admitted = () =>
  database.transaction((tx): Promise<{ workspace: string; steps: number }[]> =>
    tx.manager.query(
      `SELECT workspace_id AS workspace, count(*)::int AS steps FROM steps
         WHERE admitted_at IS NOT NULL GROUP BY 1 ORDER BY 1`,
    ),
  );
const end = (rows: readonly OutboxRow[]) =>
  database.transaction((tx) =>
    tx.manager.query(
      `UPDATE steps SET status = 'cancelled', reason = 'cancelled', finished_at = now() WHERE id = ANY($1)`,
      [rows.map(({ payload }) => payload['step_id'])],
    ),
  );

it('hands out as many steps as there are slots, and more when some are free again', async () => {
  await backlog(10);
  const { admission, sent } = process(4);
  await admission.admit();
  expect(sent).toHaveLength(4);
  await admission.admit();
  expect(sent).toHaveLength(4);
  await end(sent.slice(0, 3));
  await admission.freed();
  expect(sent).toHaveLength(7);
  expect(sent[0]).toMatchObject({ name: 'step.generate', payload: { attempt: 1 }, causationId: null });
  expect(await database.outbox.backlog()).toMatchObject({ count: 7 });
});

it('looks again when a slot is freed only while somebody waits for one', async () => {
  await backlog(3);
  const { admission, sent } = process(2);
  await admission.admit();
  await end(sent.slice(0, 1));
  await admission.freed();
  expect(sent).toHaveLength(3);
  // All slots are taken again, and nobody waits: what another process issues meanwhile is its own affair, and the pulse's.
  await backlog(1);
  await end(sent);
  await admission.freed();
  expect(sent).toHaveLength(3);
});

it('serves workspaces in turn, counted in tokens, whoever came first', async () => {
  const many = await backlog(400, { tokens: 4_000 });
  const few = await backlog(3, { tokens: 2_000 });
  const dear = await backlog(40, { tokens: 8_000 });
  const { admission, sent } = process(3);
  const seen: OutboxRow[] = [];
  for (let round = 0; round < 20; round++) {
    await admission.admit();
    const fresh = sent.splice(0);
    seen.push(...fresh);
    await end(fresh);
  }
  const of = (workspace: string) => seen.filter(({ workspaceId }) => workspaceId === workspace).length;
  expect(of(few)).toBe(3);
  // Both always have something waiting: as many tokens each, give or take a turn and the dearest step.
  expect(Math.abs(of(many) * 4_000 - of(dear) * 8_000)).toBeLessThanOrEqual(12_000);
  const lastOfFew = seen.findLastIndex(({ workspaceId }) => workspaceId === few);
  expect(lastOfFew).toBeLessThan(10);
});

it('lets a watched class go first, and each class fill its own slots', async () => {
  await backlog(5, { of: 'background' });
  await backlog(5, { of: 'interactive' });
  const { admission, sent } = process(2);
  await admission.admit();
  expect(sent).toHaveLength(4);
  const classes = await database.transaction((tx): Promise<{ class: string }[]> =>
    tx.manager.query(
      'SELECT class FROM steps JOIN unnest($1::uuid[]) WITH ORDINALITY AS sent (id, place) USING (id) ORDER BY place',
      [sent.map(({ payload }) => payload['step_id'])],
    ),
  );
  expect(classes.map((row) => row.class)).toEqual(['interactive', 'interactive', 'background', 'background']);
});

it('hands out each step once, and never more than the slots, with several processes at work', async () => {
  await Promise.all(Array.from({ length: 5 }, () => backlog(30)));
  const processes = Array.from({ length: 4 }, () => process(20));
  await Promise.all(processes.flatMap(({ admission }) => Array.from({ length: 5 }, () => admission.admit())));
  const sent = processes.flatMap((each) => each.sent);
  expect(sent).toHaveLength(20);
  expect(new Set(sent.map(({ payload }) => payload['step_id'])).size).toBe(20);
  expect((await admitted()).reduce((sum, { steps }) => sum + steps, 0)).toBe(20);
});

it('waits for the round of another process, and goes by what that has left', async () => {
  await backlog(10);
  const [one, other] = [process(4), process(4)];
  let round: Promise<void> | undefined;
  await database.transaction(async (tx) => {
    await tx.admission.lock();
    round = other.admission.admit();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(other.sent).toHaveLength(0);
  });
  await round;
  await one.admission.admit();
  expect([other.sent.length, one.sent.length]).toEqual([4, 0]);
});

it('does not wait for a run that is being changed, and takes its steps in the next round', async () => {
  await backlog(3);
  const { admission, sent } = process(10);
  await database.transaction(async (tx) => {
    await tx.manager.query('SELECT 1 FROM steps ORDER BY ordinal LIMIT 1 FOR UPDATE');
    await admission.admit();
    expect(sent).toHaveLength(2);
  });
  await admission.admit();
  expect(sent).toHaveLength(3);
});

it('sends a command after the facts of its run are shown', async () => {
  const workspaceId = await backlog(1);
  expect(workspaceId).not.toBe(DEFAULT_WORKSPACE_ID);
  const { admission, sent, shown } = process(1);
  const [row] = await database.transaction((tx): Promise<{ run: string }[]> =>
    tx.manager.query('SELECT run_id AS run FROM steps'),
  );
  let show = () => {};
  const facts = new Promise<void>((resolve) => (show = resolve));
  const done = admission.issued(row!.run, facts, null);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(sent).toHaveLength(0);
  show();
  await done;
  expect(sent).toHaveLength(1);
  // Whose facts are on their way from here is not shown twice; any other run's are.
  expect(shown).toEqual([]);
});

describe('in the transaction that issues', () => {
  it('admits at once, for nobody if that fails, and sends after the facts', async () => {
    await backlog(3);
    const { admission, sent, shown } = process(2);
    const failed = database.transaction(async (tx) => {
      expect(await admission.atOnce(tx)).toHaveLength(2);
      throw new Error('disk full');
    });
    await expect(failed).rejects.toThrow('disk full');
    const admitted = await database.transaction((tx) => admission.atOnce(tx));
    expect(admitted).toHaveLength(2);
    await admission.issued('another run', Promise.resolve(), admitted);
    expect(sent).toEqual(admitted);
    expect(shown).toHaveLength(1);
    // The third waits for a slot that is freed.
    expect(await database.transaction((tx) => admission.atOnce(tx))).toEqual([]);
  });

  it('leaves it to later while another round is under way, and while the slots are not known', async () => {
    await backlog(1);
    const { admission } = process(1);
    const unsure = new Admission({
      database,
      capacity: { atOnce: () => null, slots: async () => ({ interactive: 1, background: 1, features: 1 }) },
      sender: { send: async () => {} } as unknown as OutboxSender,
      live: { show: async () => {} },
      log,
    });
    await database.transaction(async (tx) => {
      await tx.admission.lock();
      expect(await database.transaction((other) => admission.atOnce(other))).toBeNull();
      expect(await unsure.atOnce(tx)).toBeNull();
    });
    expect(await database.transaction((tx) => admission.atOnce(tx))).toHaveLength(1);
  });
});
