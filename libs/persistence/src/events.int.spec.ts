import { finish, insert, newProject, openDatabase, runOf } from '../test/fixture.js';
import type { TestDb } from '../test/fixture.js';
import { numberFacts } from './index.js';
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

/** Appends events under the run's lock, and fails after that where it shall. */
const append = (bodies: StoredRunFact[], fails?: Error) =>
  own.db.transaction(async (tx) => {
    const locked = await tx.runs.lock(run.id);
    if (!locked) throw new Error(`no run ${run.id}`);
    const facts = numberFacts(locked, bodies);
    await tx.runs.save(locked, { facts });
    if (fails) throw fails;
    return facts;
  });

describe('events of a run', () => {
  it('are numbered without gaps by ten transactions at once, one of which fails', async () => {
    const writers = Array.from({ length: 10 }, async (_, writer) => {
      const bodies = [progress(run.id, writer), progress(run.id, writer)];
      const numbered = await append(bodies, writer === 4 ? new Error('lost') : undefined);
      return numbered.map(({ n }) => n);
    });
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
    const appended = await append(bodies);
    expect(appended.map(({ n, body }) => [n, body])).toEqual(bodies.map((body, i) => [i + 1, body]));
    expect(await own.db.read.runEvents(run.id, 0, 10)).toEqual(appended);
    expect((await own.db.read.runEvents(run.id, 1, 1)).map(({ n }) => n)).toEqual([2]);
  });

  it('show the stored text of a section', async () => {
    const content = 'Line one\r\n\tπ 🧊 "quoted" \\u0041 $1';
    const { documents } = await finish(own.db, run.id, () => content);
    const [document] = documents;
    await append([
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
      },
    ]);
    const [event] = await own.db.read.runEvents(run.id, 0, 10);
    expect(event?.body).toMatchObject({ type: 'section_complete', section_id: 'problem', content });
  });
});

describe('events of a project', () => {
  it('have numbers of their own', async () => {
    const body = { type: 'run.started' as const, run_id: run.id, run: { id: run.id, status: 'queued' } };
    const appendBody = () => own.db.transaction((tx) => tx.events.appendProject(run.projectId, [body]));
    await appendBody();
    const [second] = await appendBody();
    expect(second).toMatchObject({ n: 2, body });
    expect(await own.db.read.projectEvents(run.projectId, 1, 10)).toEqual([second]);
  });
});
