import type { FeatureEventBody } from '@planwright/contracts';
import { Database, migrate, WorkspaceDatabase } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import type { TestDatabase } from '@planwright/testing';
import { storedFacts } from './stored-facts.js';

let own: TestDatabase;
let database: Database;
let confined: WorkspaceDatabase;

beforeAll(async () => {
  own = await testDatabase({ migrate: async (url) => void (await migrate(url)) });
  database = new Database({ url: own.url, poolSize: 1 });
  confined = new WorkspaceDatabase({ url: own.url, poolSize: 1 });
  await Promise.all([database.connect(), confined.connect()]);
});
afterAll(async () => {
  await Promise.all([database.close(), confined.close()]);
  await own.drop();
});

/** A project in a workspace of its own, with one fact in its channel of features. */
async function newProject() {
  const [workspaceId, id, feature_id] = [newId(), newId(), newId()];
  const fact: FeatureEventBody = {
    type: 'feature.progress',
    run_id: newId(),
    feature_id,
    message: 'Creating tasks...',
  };
  await database.transaction(async (tx) => {
    await tx.manager.query(`INSERT INTO workspaces (id, name) VALUES ($1, 'of one project')`, [workspaceId]);
    const texts = { name: 'P', idea: 'I', constraints: '', preferred_provider: null, preferred_model: null };
    await tx.projects.insert({ ...texts, id, workspaceId });
    await tx.events.appendFeatures(id, [fact]);
  });
  return { id, workspaceId, fact };
}

it('are read for whatever workspace a channel is of', async () => {
  const facts = storedFacts(confined);
  for (const { id, workspaceId, fact } of [await newProject(), await newProject()]) {
    expect(await facts.channelOwner(`project.${id}.features`)).toBe(workspaceId);
    expect(await facts.featureEvents(id, 0, 10)).toMatchObject([{ n: 1, body: fact }]);
    expect(await facts.featureEvents(id, 1, 10)).toEqual([]);
    expect(await facts.projectEvents(id, 0, 10)).toEqual([]);
  }
});

it('are none where there is no such channel, or no more', async () => {
  const facts = storedFacts(confined);
  expect(await facts.channelOwner(`run.${newId()}`)).toBeNull();
  expect(await facts.runEvents(newId(), 0, 10)).toEqual([]);
  const { id, workspaceId } = await newProject();
  expect(await facts.featureEvents(id, 0, 10)).toHaveLength(1);
  await database.transaction((tx) => tx.projects.delete(workspaceId, id));
  expect(await facts.featureEvents(id, 0, 10)).toEqual([]);
  expect(await facts.channelOwner(`project.${id}`)).toBeNull();
});
