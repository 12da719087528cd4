import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import { insert, newProject, openDatabase, runOf } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import type { NewRun, OutboxMessage } from '../index.js';

let own: TestDb;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());
afterEach(() => own.db.outbox.claim({ limit: 10_000, olderThanMs: 0 }, async (rows) => rows.map(({ id }) => id)));

const message = (i: number): OutboxMessage => ({
  id: newId(),
  name: 'step.generate',
  workspaceId: DEFAULT_WORKSPACE_ID,
  runId: newId(),
  causationId: null,
  traceparent: null,
  payload: { i },
});
const add = (messages: OutboxMessage[]) => own.db.transaction((tx) => tx.outbox.add(messages));

describe('the outbox', () => {
  it('gives messages in the order they were added, whole', async () => {
    const messages = Array.from({ length: 20 }, (_, i) => message(i));
    await add(messages);
    const seen: unknown[] = [];
    const count = await own.db.outbox.claim({ limit: 100, olderThanMs: 0 }, async (rows) => {
      seen.push(...rows.map(({ occurredAt: _, ...rest }) => rest));
      return rows.map(({ id }) => id);
    });
    expect(count).toBe(20);
    expect(seen).toEqual(messages);
    expect(await own.db.outbox.backlog()).toEqual({ count: 0, oldestMs: 0 });
  });

  it('gives every message to one of two relays', async () => {
    await add(Array.from({ length: 200 }, (_, i) => message(i)));
    const published: string[] = [];
    const relay = async () => {
      for (;;) {
        const claimed = await own.db.outbox.claim({ limit: 7, olderThanMs: 0 }, async (rows) => {
          // Long enough for the other relay to meet the locked rows.
          await own.db.ping();
          published.push(...rows.map(({ id }) => id));
          return rows.map(({ id }) => id);
        });
        if (claimed === 0) return;
      }
    };
    await Promise.all([relay(), relay()]);
    expect(published).toHaveLength(200);
    expect(new Set(published).size).toBe(200);
  });

  it('keeps what was not published, and all of it when publishing fails', async () => {
    const [first, second] = [message(1), message(2)];
    await add([first, second]);
    await own.db.outbox.claim({ limit: 10, olderThanMs: 0 }, async () => [first.id]);
    const failed = own.db.outbox.claim({ limit: 10, olderThanMs: 0 }, () => Promise.reject(new Error('broker gone')));
    await expect(failed).rejects.toThrow('broker gone');
    expect((await own.db.outbox.backlog()).count).toBe(1);
    await own.db.outbox.delete([second.id, first.id]);
    expect((await own.db.outbox.backlog()).count).toBe(0);
  });

  it('finds a row that was committed after one with a higher number', async () => {
    const [early, late] = [message(1), message(2)];
    const seen: string[] = [];
    const relay = () =>
      own.db.outbox.claim({ limit: 10, olderThanMs: 0 }, async (rows) => {
        const ids = rows.map(({ id }) => id);
        seen.push(...ids);
        return ids;
      });
    await own.db.transaction(async (tx) => {
      await tx.outbox.add([early]);
      await add([late]);
      await relay();
      expect(seen).toEqual([late.id]);
    });
    await relay();
    expect(seen).toEqual([late.id, early.id]);
  });

  it('leaves young rows to whoever committed them', async () => {
    await add([message(1)]);
    expect(await own.db.outbox.claim({ limit: 10, olderThanMs: 60_000 }, async () => [])).toBe(0);
  });

  it('has nothing of a transaction that failed', async () => {
    const failed = own.db.transaction(async (tx) => {
      await tx.outbox.add([message(1)]);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect((await own.db.outbox.backlog()).count).toBe(0);
  });
});

describe('the inbox', () => {
  let run: NewRun;
  beforeEach(async () => {
    run = await insert(own.db, runOf(await newProject(own.db)));
  });

  /** True where the message was not handled before. */
  const receive = (id: string, fails?: Error) =>
    own.db.transaction(async (tx) => {
      const locked = await tx.runs.lock(run.id, [id]);
      if (!locked || locked.handled.has(id)) return false;
      await tx.runs.save(locked, { handled: [id] });
      if (fails) throw fails;
      return true;
    });

  it('knows a message after its first time, and no other', async () => {
    const id = newId();
    expect([await receive(id), await receive(id), await receive(newId())]).toEqual([true, false, true]);
  });

  it('lets one of several deliveries at once through', async () => {
    const id = newId();
    const first = await Promise.all(Array.from({ length: 6 }, () => receive(id)));
    expect(first.filter(Boolean)).toHaveLength(1);
  });

  it('forgets a message whose handling failed', async () => {
    const id = newId();
    await expect(receive(id, new Error('crash'))).rejects.toThrow('crash');
    expect(await receive(id)).toBe(true);
  });
});
