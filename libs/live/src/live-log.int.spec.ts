import { randomUUID } from 'node:crypto';
import type { LiveEvent, RunEventBody } from '@planwright/contracts';
import { projectChannel, runChannel } from '@planwright/contracts';
import { serviceAddresses, testPrefix, testServices, waitFor } from '@planwright/testing';
import { Redis } from 'ioredis';
import type { LiveLog, NumberedFact, SectionBody } from './index.js';
import { createInProcessLive, createRedisLive, fillFacts, SectionStream } from './index.js';

const REDIS_URL = serviceAddresses().redis;
const { prefix, deleteKeys } = testPrefix();
const log = { warn: () => undefined };

const RUN = randomUUID();
const PRD = randomUUID();
const inPrd = { run_id: RUN, document: 'prd', document_id: PRD };
const AT = '2026-11-21T02:00:00.000Z';
const at = (section_id: string, attempt = 1) => ({ ...inPrd, section_id, attempt });
const start = (section: string, attempt = 1): SectionBody => ({ type: 'section_started', ...at(section, attempt) });
const chunk = (section: string, offset: number, content: string, attempt = 1): SectionBody => ({
  type: 'chunk',
  ...at(section, attempt),
  offset,
  content,
});
const fact = (n: number, body: RunEventBody): NumberedFact => ({ n, at: AT, body });
const progress = (n: number): NumberedFact =>
  fact(n, { type: 'progress', ...inPrd, sections_completed: n, sections_total: 9, eta_seconds: null });
const problem = { code: 'timeout', title: 't', detail: 'd', advice: 'a', retryable: true };
const completed = (n: number, section: string, attempt = 1): NumberedFact =>
  fact(n, {
    type: 'section_complete',
    ...at(section, attempt),
    title: 'T',
    content: 'x',
    length: 1,
    sha256: 'a'.repeat(64),
  });
const failed = (n: number, section: string, attempt = 1): NumberedFact =>
  fact(n, { type: 'section_failed', ...at(section, attempt), error: 'e', problem });
const delayed = (n: number, section: string, attempt?: number): NumberedFact =>
  fact(n, { type: 'section_delayed', ...at(section), attempt, next_attempt_at: AT, reason: 'r', position: null });
const documentEnded = (n: number): NumberedFact =>
  fact(n, { type: 'document_complete', ...inPrd, version_id: PRD, status: 'cancelled' });
const runEnded = (n: number): NumberedFact =>
  fact(n, { type: 'cancelled', run_id: RUN, prd_id: PRD, error: null, problem: null });

const all = async (live: LiveLog, channel: string): Promise<LiveEvent[]> =>
  (await live.read(channel, { after: 0, limit: 100_000 })).events;
const types = async (live: LiveLog, channel: string) => (await all(live, channel)).map((event) => event.type);

describe.each([
  { name: 'in Redis', create: () => createRedisLive({ url: REDIS_URL, prefix, log }) },
  { name: 'in process', create: () => createInProcessLive() },
])('the live log $name', ({ create }) => {
  let live: LiveLog;
  let channel: string;

  beforeAll(() => {
    live = create();
  });
  beforeEach(() => {
    channel = runChannel(randomUUID());
  });
  afterAll(() => live.close());

  const begin = async (section = 's', attempt = 1): Promise<string> => {
    const answer = await live.appendSection(channel, start(section, attempt), null);
    if (answer.status !== 'ok') throw new Error(`not begun: ${answer.status}`);
    return answer.epoch;
  };

  describe('facts', () => {
    it('get gapless numbers from 1 and keep their instant and body', async () => {
      const { epoch } = await live.appendFacts(channel, [progress(1), progress(2)]);
      expect(await all(live, channel)).toEqual([
        { v: 1, channel, epoch, seq: 1, ts: AT, ...progress(1).body },
        { v: 1, channel, epoch, seq: 2, ts: AT, ...progress(2).body },
      ]);
    });

    it('are admitted once: older ones are skipped, also within a batch', async () => {
      await live.appendFacts(channel, [progress(1), progress(2)]);
      expect(await live.appendFacts(channel, [progress(1), progress(2), progress(3)])).toMatchObject({
        status: 'ok',
        lastFact: 3,
        seq: 3,
      });
      expect(await live.appendFacts(channel, [progress(2)])).toMatchObject({ status: 'ok', lastFact: 3, seq: 3 });
    });

    it('behind a gap are refused all together', async () => {
      await live.appendFacts(channel, [progress(1)]);
      expect(await live.appendFacts(channel, [progress(3)])).toMatchObject({ status: 'gap', lastFact: 1, seq: 1 });
      expect(await live.appendFacts(channel, [progress(2), progress(4)])).toMatchObject({ status: 'gap', lastFact: 1 });
      expect(await all(live, channel)).toHaveLength(1);
    });

    it('appended by many at once stand there once, in order', async () => {
      const facts = Array.from({ length: 30 }, (_, index) => progress(index + 1));
      const read = async (after: number, limit: number) => facts.slice(after, after + Math.min(limit, 7));
      await Promise.all(Array.from({ length: 8 }, () => fillFacts(live, channel, read)));
      while ((await fillFacts(live, channel, read)) < 30);
      const events = await all(live, channel);
      expect(events.map((event) => event.seq)).toEqual(facts.map(({ n }) => n));
      expect(events.map((event) => event.type === 'progress' && event.sections_completed)).toEqual(
        facts.map(({ n }) => n),
      );
    });
  });

  describe('text', () => {
    it('is numbered together with facts', async () => {
      await live.appendFacts(channel, [progress(1)]);
      const epoch = await begin();
      expect(await live.appendSection(channel, chunk('s', 0, 'Hé "\n\u0000'), epoch)).toEqual({
        status: 'ok',
        epoch,
        seq: 3,
      });
      await live.appendFacts(channel, [progress(2)]);
      const events = await all(live, channel);
      expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4]);
      expect(events[2]).toEqual({ ...events[2], v: 1, channel, epoch, seq: 3, ...chunk('s', 0, 'Hé "\n\u0000') });
    });

    it('has offsets in UTF-16 units, and tells where it ends when they do not fit', async () => {
      const epoch = await begin();
      await live.appendSection(channel, chunk('s', 0, 'a😀é'), epoch);
      expect(await live.appendSection(channel, chunk('s', 3, 'x'), epoch)).toEqual({ status: 'offset', expected: 4 });
      expect(await live.appendSection(channel, chunk('s', 9, 'x'), epoch)).toEqual({ status: 'offset', expected: 4 });
      expect(await live.appendSection(channel, chunk('s', 4, 'x'), epoch)).toMatchObject({ status: 'ok', seq: 3 });
    });

    it('of several sections may be written side by side', async () => {
      const epoch = await begin('a');
      await begin('b');
      const write = async (section: string) => {
        for (let offset = 0; offset < 40; offset += 2)
          await live.appendSection(channel, chunk(section, offset, 'xy'), epoch);
      };
      await Promise.all([
        write('a'),
        write('b'),
        fillFacts(live, channel, async (n) => (n < 20 ? [progress(n + 1)] : [])),
      ]);
      const events = await all(live, channel);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      const { writing } = await live.snapshot(channel);
      expect(writing.map(({ content }) => content)).toEqual(['xy'.repeat(20), 'xy'.repeat(20)]);
    });

    it('may be begun twice by the same attempt: the answer that was lost', async () => {
      const epoch = await begin();
      await live.appendSection(channel, chunk('s', 0, 'ab'), epoch);
      expect(await live.appendSection(channel, start('s'), null)).toEqual({ status: 'ok', epoch, seq: 2 });
      expect((await live.snapshot(channel)).writing).toEqual([{ ...writingAt('s'), content: 'ab' }]);
    });

    it('of a lost log, or of an attempt the log has not heard of, is to be begun again', async () => {
      const epoch = await begin();
      await live.expire(channel, 0);
      const answer = await live.appendSection(channel, chunk('s', 0, 'ab'), epoch);
      expect(answer).toMatchObject({ status: 'epoch' });
      expect(answer).not.toMatchObject({ epoch });
      expect(await live.appendSection(channel, chunk('s', 0, 'ab'), null)).toMatchObject({ status: 'epoch' });
      expect(await all(live, channel)).toEqual([]);
    });
  });

  const writingAt = (section_id: string, attempt = 1) => ({ document_id: PRD, section_id, attempt });

  describe('the fence of a section', () => {
    it('lets a newer attempt take over with an empty text, and nobody older write', async () => {
      const epoch = await begin();
      await live.appendSection(channel, chunk('s', 0, 'old'), epoch);
      await begin('s', 2);
      expect(await live.appendSection(channel, chunk('s', 3, 'late'), epoch)).toEqual({ status: 'fenced' });
      expect(await live.appendSection(channel, start('s', 1), null)).toEqual({ status: 'fenced' });
      expect((await live.snapshot(channel)).writing).toEqual([{ ...writingAt('s', 2), content: '' }]);
      expect(await live.appendSection(channel, chunk('s', 0, 'new', 2), epoch)).toMatchObject({ status: 'ok' });
    });

    it.each([
      { end: 'complete', settle: completed, next: 'fenced' },
      { end: 'failed', settle: failed, next: 'fenced' },
      { end: 'delayed', settle: delayed, next: 'ok' },
    ])('is closed for the attempt that $end, and for the next one: $next', async ({ settle, next }) => {
      const epoch = await begin();
      await live.appendSection(channel, chunk('s', 0, 'text'), epoch);
      await live.appendFacts(channel, [settle(1, 's', 1)]);
      expect((await live.snapshot(channel)).writing).toEqual([]);
      expect(await live.appendSection(channel, chunk('s', 4, 'late'), epoch)).toEqual({ status: 'fenced' });
      expect(await live.appendSection(channel, start('s', 1), null)).toEqual({ status: 'fenced' });
      expect(await live.appendSection(channel, start('s', 2), null)).toMatchObject({ status: next });
    });

    it('is not closed by a delay of an older attempt that is told late', async () => {
      const epoch = await begin('s', 2);
      await live.appendFacts(channel, [delayed(1, 's', 1)]);
      expect(await live.appendSection(channel, chunk('s', 0, 'new', 2), epoch)).toMatchObject({ status: 'ok' });
    });

    it('is closed by a delay that names no attempt', async () => {
      await begin('s', 2);
      await live.appendFacts(channel, [delayed(1, 's')]);
      expect((await live.snapshot(channel)).writing).toEqual([]);
      expect(await live.appendSection(channel, start('s', 3), null)).toMatchObject({ status: 'ok' });
    });

    it.each([
      { what: 'document', end: documentEnded },
      { what: 'run', end: runEnded },
    ])('is closed for everybody at the end of the $what', async ({ end }) => {
      const epoch = await begin();
      await live.appendFacts(channel, [end(1)]);
      expect((await live.snapshot(channel)).writing).toEqual([]);
      expect(await live.appendSection(channel, chunk('s', 0, 'late'), epoch)).toEqual({ status: 'fenced' });
      expect(await live.appendSection(channel, start('t', 7), null)).toEqual({ status: 'fenced' });
      expect(await types(live, channel)).toEqual(['section_started', end(1).body.type]);
    });
  });

  describe('reading', () => {
    it('gives exactly what follows a position', async () => {
      const { epoch } = await live.appendFacts(channel, [1, 2, 3, 4, 5].map(progress));
      for (let after = 0; after <= 5; after += 1) {
        const page = await live.read(channel, { epoch, after, limit: 2 });
        expect(page).toMatchObject({ epoch, seq: 5, firstSeq: 1, reset: false });
        expect(page.events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5].slice(after, after + 2));
      }
    });

    it('ends a page with the event that has it grown to so many bytes', async () => {
      const epoch = await begin();
      const content = 'x'.repeat(1_000);
      for (let i = 0; i < 120; i += 1) await live.appendSection(channel, chunk('s', i * 1_000, content), epoch);
      const found: number[] = [];
      for (let after = 0; after < 121;) {
        const page = await live.read(channel, { epoch, after, limit: 100, bytes: 5_000 });
        expect(page.events.length).toBeGreaterThan(0);
        expect(page.events.length).toBeLessThanOrEqual(6);
        found.push(...page.events.map((event) => event.seq));
        after = found.at(-1) ?? 121;
      }
      expect(found).toEqual(Array.from({ length: 121 }, (_, index) => index + 1));
      const [first] = (await live.read(channel, { epoch, after: 1, limit: 100, bytes: 1 })).events;
      expect(first).toMatchObject({ seq: 2, content });
      expect((await live.read(channel, { epoch, after: 1, limit: 100, bytes: 200_000 })).events).toHaveLength(100);
    });

    it('says so when the position is of another log, or beyond this one', async () => {
      const { epoch } = await live.appendFacts(channel, [progress(1)]);
      for (const position of [
        { epoch: 'other', after: 0 },
        { epoch: 'other', after: 1 },
        { epoch, after: 2 },
      ]) {
        const page = await live.read(channel, { ...position, limit: 10 });
        expect(page).toMatchObject({ epoch, seq: 1, reset: true });
        expect(page.events).toHaveLength(1);
      }
    });

    it('a channel without a log begins an empty one and stays with it', async () => {
      const page = await live.read(channel, { after: 0, limit: 10 });
      expect(page).toMatchObject({ seq: 0, firstSeq: 1, reset: false, events: [] });
      expect(await live.snapshot(channel)).toEqual({ epoch: page.epoch, seq: 0, fact: 0, writing: [] });
      expect(await live.appendFacts(channel, [])).toEqual({ status: 'ok', lastFact: 0, epoch: page.epoch, seq: 0 });
    });

    it('keeps the newest 10,000 entries of a project and says that older ones are gone', async () => {
      const project = projectChannel(randomUUID());
      const { epoch } = await live.appendFacts(
        project,
        Array.from({ length: 9_990 }, (_, index) => progress(index + 1)),
      );
      await live.appendFacts(
        project,
        Array.from({ length: 20 }, (_, index) => progress(9_991 + index)),
      );
      expect(await live.read(project, { epoch, after: 5, limit: 1 })).toMatchObject({ firstSeq: 11, reset: true });
      const page = await live.read(project, { epoch, after: 10, limit: 20_000 });
      expect(page.reset).toBe(false);
      expect(page.events.map((event) => event.seq)).toEqual(Array.from({ length: 10_000 }, (_, index) => 11 + index));
      expect(await live.read(project, { after: 0, limit: 1 })).toMatchObject({ reset: false, events: [{ seq: 11 }] });
      await live.expire(project, 0);
    });

    it('a snapshot agrees with the events up to its number, whatever is being written', async () => {
      const epoch = await begin('a');
      await begin('b');
      let writing = true;
      const write = async (section: string) => {
        for (let offset = 0; offset < 300; offset += 3)
          await live.appendSection(channel, chunk(section, offset, 'abc'), epoch);
      };
      const look = async () => {
        while (writing) {
          const snapshot = await live.snapshot(channel);
          const events = (await all(live, channel)).filter((event) => event.seq <= snapshot.seq);
          for (const { section_id, content } of snapshot.writing) {
            const told = events.map((event) =>
              event.type === 'chunk' && event.section_id === section_id ? event.content : '',
            );
            expect(content).toBe(told.join(''));
          }
        }
      };
      const looking = look();
      await Promise.all([write('a'), write('b')]);
      writing = false;
      await looking;
    });
  });

  describe('a lost log', () => {
    it('comes back under a new epoch, filled from the stored facts', async () => {
      const facts = [progress(1), completed(2, 's'), progress(3)];
      const { epoch } = await live.appendFacts(channel, facts);
      await live.expire(channel, 0);
      expect(await live.appendFacts(channel, [progress(4)])).toMatchObject({ status: 'gap', lastFact: 0 });
      await fillFacts(live, channel, async (after) => [...facts, progress(4)].slice(after));
      const page = await live.read(channel, { epoch, after: 3, limit: 10 });
      expect(page).toMatchObject({ seq: 4, reset: true });
      expect(page.epoch).not.toBe(epoch);
      expect(page.events.map((event) => event.type)).toEqual(['progress', 'section_complete', 'progress', 'progress']);
    });

    it('can be replaced in one go, fences included', async () => {
      const epoch = await begin();
      await live.appendSection(channel, chunk('s', 0, 'text'), epoch);
      const rebuilt = await live.rebuild(channel, [progress(1), completed(2, 's')]);
      expect(rebuilt).toMatchObject({ seq: 2 });
      expect(rebuilt.epoch).not.toBe(epoch);
      expect(await live.appendSection(channel, start('s'), null)).toEqual({ status: 'fenced' });
      expect(await live.snapshot(channel)).toEqual({ ...rebuilt, fact: 2, writing: [] });
      await expect(live.rebuild(channel, [progress(2)])).rejects.toThrow('from 1');
    });
  });

  describe('watching', () => {
    it('wakes whoever watches the channel, until it ends', async () => {
      let woken = 0;
      const end = await live.watch(channel, () => (woken += 1));
      const endOther = await live.watch(channel, () => undefined);
      await live.appendFacts(channel, [progress(1)]);
      await until(() => woken > 0);
      end();
      const before = woken;
      await live.appendFacts(channel, [progress(2)]);
      await live.health();
      await new Promise((resolve) => setImmediate(resolve));
      expect(woken).toBe(before);
      endOther();
    });

    it('wakes within milliseconds', async () => {
      const waits: number[] = [];
      let wokenAt = 0;
      const end = await live.watch(channel, () => (wokenAt = performance.now()));
      for (let n = 1; n <= 50; n += 1) {
        wokenAt = 0;
        const appendedAt = performance.now();
        await live.appendFacts(channel, [progress(n)]);
        await until(() => wokenAt > 0);
        waits.push(wokenAt - appendedAt);
      }
      end();
      waits.sort((a, b) => a - b);
      expect(waits[25]).toBeLessThan(20);
    });
  });

  describe('the stream of a section', () => {
    const section = at('s');
    const text = async () =>
      (await all(live, channel)).map((event) => (event.type === 'chunk' ? event.content : '')).join('');

    it('brings the text into the log in order, merging what waits', async () => {
      const stream = new SectionStream({ live, channel, section, log });
      stream.start();
      const pieces = Array.from({ length: 500 }, (_, index) => `${index} `);
      for (const piece of pieces) stream.write(piece);
      expect(await stream.finish(5_000)).toBe(true);
      expect(await text()).toBe(pieces.join(''));
      expect((await all(live, channel)).length).toBeLessThan(50);
      stream.close();
    });

    it('begins again in a new log when the old one is lost', async () => {
      const stream = new SectionStream({ live, channel, section, log });
      stream.write('before ');
      await until(async () => (await text()) === 'before ');
      await live.expire(channel, 0);
      stream.write('after');
      expect(await stream.finish(5_000)).toBe(true);
      expect(await types(live, channel)).toEqual(['section_started', 'chunk']);
      expect(await text()).toBe('before after');
      stream.close();
    });

    it('stops its writer when a newer attempt has begun', async () => {
      const stream = new SectionStream({ live, channel, section, log });
      stream.write('old');
      await until(async () => (await text()) === 'old');
      await begin('s', 2);
      stream.write(' more');
      expect(await stream.finish(5_000)).toBe(false);
      expect(stream.fenced.aborted).toBe(true);
      expect(await text()).toBe('old');
    });
  });
});

describe('the live log in Redis, besides', () => {
  const redis = new Redis(REDIS_URL);
  afterAll(async () => {
    redis.disconnect();
    await deleteKeys();
  });

  const kill = async (connection: string, type: string) => {
    const clients = String(await redis.call('CLIENT', 'LIST', 'TYPE', type)).split('\n');
    for (const client of clients.filter((line) => line.includes(` name=${connection} `))) {
      await redis.call('CLIENT', 'KILL', 'ID', /^id=(\d+) /.exec(client)?.[1] ?? '');
    }
  };
  const one = async (use: (live: LiveLog, channel: string) => Promise<void>) => {
    const live = createRedisLive({ url: REDIS_URL, prefix, log, name: prefix });
    const channel = runChannel(randomUUID());
    try {
      await use(live, channel);
    } finally {
      await live.close();
    }
  };
  const key = (channel: string, what: string) => `${prefix}live:{${channel}}:${what}`;

  it('counts as lost when either of its keys is gone', () =>
    one(async (live, channel) => {
      for (const what of ['head', 'log']) {
        const { epoch } = await live.appendFacts(channel, [progress(1)]);
        await redis.del(key(channel, what));
        const page = await live.read(channel, { epoch, after: 1, limit: 10 });
        expect(page).toMatchObject({ seq: 0, reset: true, events: [] });
        expect(page.epoch).not.toBe(epoch);
      }
    }));

  it('counts as lost where it may be an older state: after a failover, and after one back again', async () => {
    const [first, second] = await Promise.all([ownRedis(), ownRedis()]);
    const told = runChannel(randomUUID());
    const quiet = runChannel(randomUUID());
    try {
      await second.follow(first);
      await second.synced(first);
      for (const channel of [told, quiet]) await first.live.appendFacts(channel, [progress(1)]);
      const { epoch } = await first.live.appendFacts(told, [progress(2)]);
      await second.synced(first);
      // What the first one takes from here on is lost with it.
      await second.lead();
      const before = await first.live.appendFacts(told, [progress(3)]);
      const quietBefore = await first.live.appendFacts(quiet, [progress(2)]);

      expect(before).toMatchObject({ epoch, seq: 3 });
      expect(await second.live.appendFacts(told, [progress(3)])).toMatchObject({ status: 'gap', lastFact: 0 });
      await second.live.appendFacts(told, [progress(1), progress(2), progress(3)]);
      const after = await second.live.read(told, { epoch, after: 3, limit: 10 });
      expect(after).toMatchObject({ seq: 3, reset: true });
      expect(after.epoch).not.toBe(epoch);
      expect(await second.live.read(told, { epoch: after.epoch, after: 3, limit: 10 })).toMatchObject({ reset: false });

      await first.follow(second);
      await first.synced(second);
      await first.lead();
      await first.live.appendFacts(quiet, [progress(1), progress(2)]);
      const back = await first.live.read(quiet, { epoch: quietBefore.epoch, after: 2, limit: 10 });
      expect(back).toMatchObject({ seq: 2, reset: true });
    } finally {
      await Promise.all([first.stop(), second.stop()]);
    }
  });

  it('survives FLUSHALL of the scripts', () =>
    one(async (live, channel) => {
      await live.appendFacts(channel, [progress(1)]);
      await redis.script('FLUSH');
      expect(await live.appendFacts(channel, [progress(2)])).toMatchObject({ status: 'ok', seq: 2 });
    }));

  it('lives on for 48 h when idle and for 24 h after the end of the run', () =>
    one(async (live, channel) => {
      await live.appendFacts(channel, [progress(1)]);
      const hours = async (what: string) => (await redis.pttl(key(channel, what))) / 3_600_000;
      expect(await hours('head')).toBeCloseTo(48, 1);
      expect(await hours('log')).toBeCloseTo(48, 1);
      await live.appendFacts(channel, [runEnded(2)]);
      expect(await hours('head')).toBeCloseTo(24, 1);
      expect(await hours('log')).toBeCloseTo(24, 1);
    }));

  it('is shared by processes: what one appends wakes the other', () =>
    one(async (live, channel) =>
      one(async (other) => {
        let woken = false;
        const end = await other.watch(channel, () => (woken = true));
        await live.appendFacts(channel, [progress(1)]);
        await until(() => woken);
        end();
      }),
    ));

  it('wakes after the connection of the watcher broke', () =>
    one(async (live, channel) => {
      const seen = new Set<number>();
      const end = await live.watch(
        channel,
        () =>
          void all(live, channel).then(
            (events) => seen.add(events.length),
            () => undefined,
          ),
      );
      await kill(prefix, 'pubsub');
      await live.appendFacts(channel, [progress(1)]).catch(() => undefined);
      await until(() => seen.has(1));
      await until(async () => Number((await redis.pubsub('NUMSUB', key(channel, 'wake')))[1]) === 1);
      end();
    }));

  it('rejects quickly when Redis can not be reached', async () => {
    const live = createRedisLive({ url: 'redis://127.0.0.1:1', log, commandTimeoutMs: 200 });
    const since = performance.now();
    await expect(live.appendFacts('run.x', [progress(1)])).rejects.toThrow('Redis does not answer');
    await expect(live.health()).rejects.toThrow();
    expect(performance.now() - since).toBeLessThan(5_000);
    const end = await live.watch('run.x', () => undefined);
    end();
    await live.close();
  });

  it('reads text written with two prefixes apart', () =>
    one(async (live, channel) => {
      const other = createRedisLive({ url: REDIS_URL, prefix: `${prefix}other`, log });
      await live.appendFacts(channel, [progress(1)]);
      expect(await all(other, channel)).toEqual([]);
      await other.close();
    }));
});

/** A Redis of its own, with a live log in it, that can follow another one and take over from it. */
async function ownRedis() {
  const services = await testServices({ services: 'own', only: ['redis'] });
  const redis = new Redis(services.redis);
  // A replica that comes is served at once.
  await redis.config('SET', 'repl-diskless-sync-delay', '0');
  const live = createRedisLive({ url: services.redis, prefix, log });
  const offset = async () => Number(/master_repl_offset:(\d+)/.exec(await redis.info('replication'))?.[1]);
  const { port } = new URL(services.redis);
  return {
    live,
    port,
    offset,
    follow: async (other: { port: string }) => void (await redis.replicaof('127.0.0.1', Number(other.port))),
    synced: (other: { offset(): Promise<number> }) =>
      waitFor(
        async () =>
          (await redis.info('replication')).includes('master_link_status:up') &&
          (await offset()) === (await other.offset()),
        { what: 'the replica to have everything' },
      ),
    lead: async () => void (await redis.replicaof('NO', 'ONE')),
    async stop() {
      await live.close();
      redis.disconnect();
      await services.stop();
    },
  };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const limit = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error('did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
