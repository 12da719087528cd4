import { execute, finish, insert, newProject, openDatabase, runOf } from '../test/fixture.js';
import type { TestDb } from '../test/fixture.js';
import type { NewRun, StoredRunFact } from './index.js';

let own: TestDb;
let run: NewRun;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());
beforeEach(async () => {
  run = await insert(own.db, runOf(await newProject(own.db)));
});

const progress = (runId: string, done: number): StoredRunFact => ({
  type: 'progress',
  run_id: runId,
  document: 'prd',
  document_id: runId,
  sections_completed: done,
  sections_total: 100,
  eta_seconds: null,
});

describe('events of a run', () => {
  it('are numbered without gaps by ten transactions at once, one of which fails', async () => {
    const writers = Array.from({ length: 10 }, (_, writer) =>
      own.db.transaction(async (tx) => {
        const numbered = await tx.events.appendRun(run.id, [progress(run.id, writer), progress(run.id, writer)]);
        if (writer === 4) throw new Error('lost');
        return numbered.map(({ n }) => n);
      }),
    );
    const settled = await Promise.allSettled(writers);
    const numbers = settled.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    const expected = Array.from({ length: 18 }, (_, i) => i + 1);
    expect([...numbers].sort((a, b) => a - b)).toEqual(expected);
    const stored = await own.db.read.runEvents(run.id, 0, 100);
    expect(stored.map(({ n }) => n)).toEqual(expected);
    // Whoever got the later number has the later instant.
    expect([...stored].sort((a, b) => a.at.localeCompare(b.at) || a.n - b.n)).toEqual(stored);
  });

  it('keep their order within one call and come back page by page', async () => {
    const bodies = [1, 2, 3].map((done) => progress(run.id, done));
    const appended = await own.db.transaction((tx) => tx.events.appendRun(run.id, bodies));
    expect(appended.map(({ n, body }) => [n, body])).toEqual(bodies.map((body, i) => [i + 1, body]));
    expect(await own.db.read.runEvents(run.id, 0, 10)).toEqual(appended);
    expect((await own.db.read.runEvents(run.id, 1, 1)).map(({ n }) => n)).toEqual([2]);
  });

  it('store no text of a section, and show the stored one', async () => {
    const content = 'Line one\r\n\tπ 🧊 "quoted" \\u0041 $1';
    const { documents } = await finish(own.db, run.id, () => content);
    const [document] = documents;
    await own.db.transaction((tx) =>
      tx.events.appendRun(run.id, [
        {
          type: 'section_complete',
          run_id: run.id,
          document: 'prd',
          document_id: document?.documentId ?? '',
          section_id: 'problem',
          attempt: 1,
          title: 'The problem',
          length: content.length,
          sha256: 'd'.repeat(64),
          ...{ content: 'not this' },
        },
      ]),
    );
    const raw = await execute(own.db, 'SELECT body FROM run_events WHERE run_id = $1', [run.id]);
    expect(JSON.stringify(raw)).not.toContain('not this');
    const [event] = await own.db.read.runEvents(run.id, 0, 10);
    expect(event?.body).toMatchObject({ type: 'section_complete', section_id: 'problem', content });
  });

  it('need their run', async () => {
    const nobody = '0199f3a2-7c1e-7a43-9d52-1f0c8a6b4e21';
    const lost = own.db.transaction((tx) => tx.events.appendRun(nobody, [progress(nobody, 1)]));
    await expect(lost).rejects.toThrow(`run ${nobody} is not there`);
  });
});

describe('events of a project', () => {
  it('have numbers of their own', async () => {
    const body = { type: 'run.started' as const, run_id: run.id, run: { id: run.id, status: 'queued' } };
    const append = () => own.db.transaction((tx) => tx.events.appendProject(run.projectId, [body]));
    await append();
    const [second] = await append();
    expect(second).toMatchObject({ n: 2, body });
    expect(await own.db.read.projectEvents(run.projectId, 1, 10)).toEqual([second]);
  });
});
