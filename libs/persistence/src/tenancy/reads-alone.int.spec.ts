import { stripTenantConditions, WITHOUT_CONDITIONS } from '@planwright/testing';
import { execute, openDatabase } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import { ACROSS, CHANGES, OF_THE_ENGINE, READS } from '../../test/tenancy/questions.js';
import { newThings, NOTHING } from '../../test/tenancy/scene.js';
import type { Things } from '../../test/tenancy/scene.js';
import { Database, onBehalfOf, WorkspaceDatabase } from '../index.js';
import type { Tx } from '../index.js';
import { Reads } from '../reads/reads.js';

/** What undoes a transaction once it is known what comes of it. */
class Undone extends Error {
  constructor(readonly result: unknown) {
    super('undone');
  }
}

let own: TestDb;
/** Without tenant conditions in its queries, under row-level security. */
let confined: WorkspaceDatabase;
/** The same without row-level security. */
let bare: Database;
let mine: string;
let theirs: Things;

beforeAll(async () => {
  stripTenantConditions();
  own = await openDatabase();
  const options = { url: own.url, applicationName: WITHOUT_CONDITIONS, poolSize: 2 };
  [confined, bare] = [new WorkspaceDatabase(options), new Database(options)];
  await Promise.all([confined.connect(), bare.connect()]);
  theirs = await newThings(own.db, 7_000_000);
  mine = (await newThings(own.db, 5_000_000)).workspaceId;
  // As it would be after a restore: with statistics, and with nothing that only this connection knows.
  await execute(own.db, 'ANALYZE');
});
afterAll(async () => {
  await Promise.all([confined.close(), bare.close()]);
  await own.close();
});

const undone = (db: Database, work: (tx: Tx) => Promise<unknown>): Promise<unknown> =>
  db
    .transaction(async (tx): Promise<never> => {
      throw new Undone(await work(tx));
    })
    .catch((error: unknown) => {
      if (error instanceof Undone) return error.result;
      throw error;
    });

/** Every row of a workspace, in one word. */
async function rowsOf(workspaceId: string): Promise<string> {
  const tables = [
    'projects',
    'runs',
    'documents',
    'document_versions',
    'sections',
    'steps',
    'tasks',
    'features',
    'columns',
  ];
  const sql = tables
    .map((table) => `SELECT t::text AS row FROM ${table} t WHERE workspace_id = $1`)
    .join(' UNION ALL ');
  const [found] = await execute<{ word: string }>(
    own.db,
    `SELECT md5(string_agg(row, E'\\n' ORDER BY row COLLATE "C")) AS word FROM (${sql}) rows`,
    [workspaceId],
  );
  return found?.word ?? '';
}

describe('with every tenant condition removed from the queries', () => {
  describe.each(Object.entries(READS))('%s', (_name, ask) => {
    it('finds nothing of another workspace by row-level security alone', async () => {
      const told = await onBehalfOf(mine, () => ask(confined.read, mine, NOTHING(theirs.workspaceId)));
      expect(await onBehalfOf(mine, () => ask(confined.read, mine, theirs))).toEqual(told);
      expect(JSON.stringify(told)).not.toContain(theirs.projectId);
    });

    it('would find it without', async () => {
      const told = await onBehalfOf(mine, () => ask(confined.read, mine, NOTHING(mine)));
      expect(await ask(bare.read, mine, theirs)).not.toEqual(told);
    });
  });

  describe.each(Object.entries(CHANGES))('to %s', (_name, ask) => {
    it('does nothing to another workspace by row-level security alone', async () => {
      const before = await rowsOf(theirs.workspaceId);
      const told = await onBehalfOf(mine, () => undone(confined, (tx) => ask(tx, mine, NOTHING(mine))));
      const came = await onBehalfOf(mine, () => confined.transaction((tx) => ask(tx, mine, theirs)));
      expect(came).toEqual(told);
      expect(await rowsOf(theirs.workspaceId)).toBe(before);
    });

    it('would without', async () => {
      const told = await onBehalfOf(mine, () => undone(confined, (tx) => ask(tx, mine, NOTHING(mine))));
      expect(await undone(bare, (tx) => ask(tx, mine, theirs))).not.toEqual(told);
    });
  });
});

it('every question to the database is among these (a new one: a line in test/tenancy/questions.ts)', () => {
  const questions = Object.getOwnPropertyNames(Reads.prototype).filter((name) => name !== 'constructor');
  expect([...Object.keys(READS), ...ACROSS, ...OF_THE_ENGINE].toSorted()).toEqual(questions.toSorted());
});

it('acting for nobody, nothing is found and nothing can be made', async () => {
  expect(await confined.read.projects(theirs.workspaceId, { limit: 10 })).toEqual({ items: [], next_cursor: null });
  expect(await confined.read.run(theirs.workspaceId, theirs.runId)).toBeNull();
  const made = confined.transaction((tx) =>
    tx.features.insert({ ...theirs, id: theirs.runId, description: 'From nowhere' }),
  );
  await expect(made).rejects.toThrow('row-level security');
});

it('a key is found by its hash, and the owner of a channel by its name, in whatever workspace', async () => {
  expect(await confined.read.apiKey(theirs.hash)).toMatchObject({ workspaceId: theirs.workspaceId });
  expect(await onBehalfOf(mine, () => confined.read.apiKey(theirs.hash))).toMatchObject({ name: 'key' });
  expect(await confined.read.channelOwnerAnywhere(`run.${theirs.runId}`)).toBe(theirs.workspaceId);
  expect(await confined.read.channelOwnerAnywhere(`project.${theirs.projectId}.features`)).toBe(theirs.workspaceId);
  expect(await confined.read.channelOwnerAnywhere(`run.${theirs.projectId}`)).toBeNull();
});
