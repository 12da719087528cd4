import { jest } from '@jest/globals';
import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { admit } from '@planwright/plan';
import { execute, handle, insert, newProject, newWorkspace, openDatabase, PRD, runOf } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';

let own: TestDb;
beforeEach(async () => {
  own = await openDatabase();
});
afterEach(() => own.close());

/** A run with so many steps that wait. */
async function issue(steps: number, workspaceId = DEFAULT_WORKSPACE_ID): Promise<string> {
  const [section] = PRD.sections;
  const sections = Array.from({ length: steps }, (_, order) => ({ ...section!, id: `s${order}`, order, uses: [] }));
  const stage = { ...PRD.stages[0]!, mode: 'parallel' as const, sections: sections.map(({ id }) => id) };
  const blueprint = { ...PRD, sections, stages: [stage] };
  const run = await insert(own.db, runOf(await newProject(own.db, workspaceId), [blueprint], { workspaceId }));
  await handle(own.db, run.id, { type: 'run_started', at: Date.now() });
  return run.id;
}

/** A round with so many slots for steps that are watched, and how many statements it took. */
function round(interactive: number, background = 5) {
  return own.db.transaction(async (tx) => {
    const client = (await tx.manager.queryRunner?.connect()) as { query: (...parts: unknown[]) => unknown };
    const query = jest.spyOn(client, 'query');
    await tx.admission.lock();
    const classes = [
      { class: 'interactive' as const, slots: interactive },
      { class: 'background' as const, slots: background },
    ];
    const lines = await tx.admission.look(classes, 6);
    const sent = await tx.admission.handOut(lines.map((line) => ({ line, ...admit(line.turns, line.room) })));
    const statements = query.mock.calls.length;
    query.mockRestore();
    return { lines, sent, statements };
  });
}

const places = () =>
  execute<{ workspace: string; turn: string }>(
    own.db,
    'SELECT workspace_id AS workspace, turn, deficit, in_turn FROM admission_turns ORDER BY turn',
  );

it('takes three statements where a line empties, and keeps no place', async () => {
  await issue(2);
  const { sent, statements } = await round(5);
  expect([sent.length, statements]).toEqual([2, 3]);
  expect(await places()).toEqual([]);
});

it('only looks where nothing waits or no slot is free', async () => {
  expect(await round(5)).toMatchObject({ sent: [], statements: 2, lines: [{ room: 5, waits: false, turns: [] }, {}] });
  await issue(2);
  expect(await round(0)).toMatchObject({ sent: [], statements: 2, lines: [{ room: 0, waits: true, turns: [] }, {}] });
  expect(await places()).toEqual([]);
});

it('has room for what is not taken, never less than nothing and no more than is asked for', async () => {
  await issue(2);
  await round(2);
  const rooms = [];
  for (const slots of [1, 2, 3, 9]) rooms.push((await round(slots)).lines.map(({ room }) => room));
  expect(rooms).toEqual([
    [0, 5],
    [0, 5],
    [1, 5],
    [6, 5],
  ]);
});

it('keeps the places of those who still wait, and writes them only when they change', async () => {
  await issue(2);
  await issue(2, await newWorkspace(own.db));
  await issue(2, await newWorkspace(own.db));
  const { lines, sent } = await round(1);
  expect(lines[0]?.turns.map(({ turn, waiting, more }) => [turn, waiting.length, more])).toEqual([
    [1, 2, false],
    [2, 2, false],
    [3, 2, false],
  ]);
  expect(sent).toHaveLength(1);
  const kept = await places();
  expect(kept).toHaveLength(3);
  expect(kept).toContainEqual(expect.objectContaining({ workspace: sent[0]?.workspaceId, in_turn: true }));
  // Untouched rows keep the transaction that wrote them.
  const written = () => execute<{ xmin: string }>(own.db, 'SELECT xmin FROM admission_turns ORDER BY workspace_id');
  const before = await written();
  await round(2);
  const after = await written();
  expect(after.filter(({ xmin }) => before.some((row) => row.xmin === xmin))).toHaveLength(2);
  await round(7);
  expect(await places()).toEqual([]);
});

it('forgets the place of a workspace whose steps were all cancelled', async () => {
  await issue(2);
  await issue(2, await newWorkspace(own.db));
  await round(1);
  await execute(
    own.db,
    `UPDATE steps SET status = 'cancelled', reason = 'cancelled', finished_at = now() WHERE admitted_at IS NULL`,
  );
  expect(await places()).toHaveLength(2);
  expect(await round(1)).toMatchObject({ statements: 2 });
  expect(await places()).toHaveLength(2);
  expect(await round(2)).toMatchObject({ sent: [], statements: 3 });
  expect(await places()).toEqual([]);
});

it('reads of a long backlog no more than there is room for, and nothing where there is none', async () => {
  const other = await newWorkspace(own.db);
  await issue(40);
  await issue(20, other);
  const full = await round(0, 0);
  expect(full).toMatchObject({ sent: [], statements: 2, lines: [{ room: 0, waits: true, turns: [] }, {}] });
  const { lines, sent, statements } = await round(3);
  expect(statements).toBe(4);
  expect(lines[0]?.turns.map(({ waiting, more }) => [waiting.length, more])).toEqual([
    [3, true],
    [3, true],
  ]);
  expect(lines[1]).toMatchObject({ room: 5, turns: [] });
  expect(sent).toHaveLength(3);
});

it('sees a line as it is, whether what waits in all is much or little', async () => {
  await issue(9);
  await issue(9, await newWorkspace(own.db));
  const look = () => own.db.transaction((tx) => tx.admission.look([{ class: 'interactive', slots: 12 }], 200));
  const short = await look();
  expect(short[0]?.turns.map(({ waiting }) => waiting.length)).toEqual([9, 9]);
  const runId = await issue(60);
  await execute(own.db, `UPDATE steps SET class = 'features' WHERE run_id = $1`, [runId]);
  expect(await look()).toEqual(short);
});
