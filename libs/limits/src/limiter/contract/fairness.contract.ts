import type { Ask } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { PLAIN, PER_MINUTE, BURST } from './stage.contract.js';

/** Workspaces beside each other. */
export function fairness(stage: Stage): void {
  const { limiter, now, goTo, pass, tokens, settle, granted, waiting, reserveAll, touch, fill } = stage;

  /**
   * Steps ask when they were told to, or are called, for as long as `isOn`; answers those granted, in order.
   */
  const work = async (
    asks: readonly Ask[],
    isOn: (left: readonly Ask[]) => boolean,
  ): Promise<{ one: Ask; at: number }[]> => {
    const due = new Map(asks.map((one) => [one.stepId, { one, at: now() }]));
    const done: { one: Ask; at: number }[] = [];
    let callAt = now();
    while (due.size > 0 && isOn([...due.values()].map(({ one }) => one))) {
      const next = [...due.values()].reduce((first, each) => (each.at < first.at ? each : first));
      await goTo(Math.max(now(), Math.min(next.at, callAt)));
      if (callAt <= now()) {
        callAt = now() + RULES.lookaheadMs;
        for (const stepId of await limiter.callable())
          due.set(stepId, { one: due.get(stepId)?.one ?? next.one, at: now() });
        continue;
      }
      const answer = await limiter.reserve(next.one);
      if (answer.kind === 'granted') {
        due.delete(next.one.stepId);
        done.push({ one: next.one, at: now() });
      } else if (answer.kind === 'wait') next.at = now() + answer.waitMs;
      else throw new Error(JSON.stringify(answer));
    }
    return done;
  };

  describe('fairness', () => {
    it('gives a heavy workspace and nine light ones alike, in tokens', async () => {
      const sizes = [600, 3_000, 1_200, 2_200, 900];
      const largest = Math.max(...sizes);
      const backlog = (workspaceId: string, count: number, from: number) =>
        Array.from({ length: count }, (_, i) => tokens(sizes[(i + from) % sizes.length] ?? 0, { workspaceId }));
      const heavy = backlog('heavy', 250, 0);
      const light = Array.from({ length: 9 }, (_, i) => backlog(`light-${i}`, 12, i)).flat();
      await touch();
      await reserveAll([...heavy, ...light]);

      const served = new Map<string, number>();
      let spread = 0;
      const names = new Set([...heavy, ...light].map(({ workspaceId }) => workspaceId));
      const done = await work([...heavy, ...light], (left) => {
        return names.size === new Set(left.map(({ workspaceId }) => workspaceId)).size;
      });
      for (const { one } of done) {
        served.set(one.workspaceId, (served.get(one.workspaceId) ?? 0) + (one.amounts.tokens ?? 0));
        const all = [...names].map((workspace) => served.get(workspace) ?? 0);
        spread = Math.max(spread, Math.max(...all) - Math.min(...all));
      }
      // Start-time fair queueing, theorem 1: of two with work waiting, neither is ahead by more than the largest of each.
      expect(spread).toBeLessThanOrEqual(2 * largest);
      expect(done.length).toBeGreaterThan(9 * 11);
    }, 60_000);

    it('lets nobody save up turns by being idle', async () => {
      const backlog = (workspaceId: string, count: number) =>
        Array.from({ length: count }, () => tokens(1_000, { workspaceId }));
      await granted(tokens(BURST * RULES.start));
      const [early, late] = [[...backlog('b', 30), ...backlog('c', 30)], backlog('d', 10)];
      await reserveAll(early);
      const first = await work(early, (left) => left.length > 40);
      const rest = early.filter((one) => !first.some((done) => done.one === one));
      await reserveAll(late);
      const then = await work([...rest, ...late], (left) => left.length > 50 - 18);
      const turns = ['b', 'c', 'd'].map((name) => then.filter(({ one }) => one.workspaceId === name).length);
      expect(Math.max(...turns) - Math.min(...turns)).toBeLessThanOrEqual(2);
    });

    it('lets at most one step of each other workspace go before a large one', async () => {
      await granted(tokens(BURST * RULES.start));
      const streams = ['b', 'c', 'd'];
      const small = () => streams.map((workspaceId) => tokens(500, { workspaceId }));
      const before = Array.from({ length: 20 }, small).flat();
      await reserveAll(before);
      const large = tokens(PER_MINUTE / 2);
      const { waitMs } = await waiting(large);
      const after = Array.from({ length: 20 }, small).flat();
      const since = now();
      const done = await work([...before, large, ...after], (left) => left.includes(large));
      const others = done.filter(({ one }) => one !== large).map(({ one }) => one.workspaceId);
      for (const stream of streams) expect(others.filter((each) => each === stream).length).toBeLessThanOrEqual(1);
      expect((done.at(-1)?.at ?? Infinity) - since).toBeLessThanOrEqual(waitMs + RULES.minWaitMs);
    });

    it('sees to it that small ones that keep coming do not starve a large one', async () => {
      await fill();
      const large = tokens(PER_MINUTE / 2);
      const { waitMs } = await waiting(large);
      const since = now();
      for (let i = 0; now() < since + waitMs - 200; i++) {
        await waiting(tokens(200, { workspaceId: `w${i % 5}` }));
        await pass(200);
      }
      await goTo(since + waitMs);
      await granted(large);
    });

    it('counts what was really used', async () => {
      await fill();
      const [first, ofB] = [tokens(1_000), tokens(1_000, { workspaceId: 'b' })];
      await granted(tokens(BURST));
      await reserveAll([first, ofB, tokens(1_000, { workspaceId: 'c' })]);
      await pass(2_000);
      await granted(first);
      await granted(ofB);
      await settle(first, { charged: { tokens: 5_000 } });
      const next = [tokens(1_000), tokens(1_000, { workspaceId: 'b' }), tokens(1_000, { workspaceId: 'b' })];
      expect((await reserveAll(next)).map((answer) => answer.kind === 'wait' && answer.position)).toEqual([2, 2, 3]);
      expect(await waiting(next[0] as Ask)).toMatchObject({ position: 4 });
    });

    it('lets steps somebody watches go first, for a share of what is granted', async () => {
      await fill();
      await granted(tokens(BURST));
      const size = (BURST * RULES.interactiveShare) / 3.5;
      await reserveAll(Array.from({ length: 5 }, () => tokens(1_000)));
      const watched = (workspaceId: string) => tokens(size, { workspaceId, isInteractive: true });
      expect(await waiting(watched('w1'))).toMatchObject({ position: 1 });
      expect(await waiting(watched('w2'))).toMatchObject({ position: 2 });
      expect(await waiting(watched('w3'))).toMatchObject({ position: 3 });
      const fourth = await waiting(watched('w4'));
      const unwatched = await waiting(tokens(size, { workspaceId: 'w5' }));
      expect([fourth.position, unwatched.position]).toEqual([5, 6]);
    });
  });

  describe('the share of a workspace', () => {
    const terms = { ...PLAIN, workspaceShare: 0.5 };
    const half = (amount: number, workspaceId = 'a') => tokens(amount, { terms, workspaceId });

    it('is waited for out of the way of others, and told to the instant', async () => {
      await fill({ terms });
      await granted(half(BURST / 2 - 100));
      const second = half(1_100);
      const { waitMs, reason } = await waiting(second);
      expect({ waitMs, reason }).toEqual({ waitMs: 1_000 / 0.5, reason: 'workspace_share' });
      await granted(half(BURST / 2, 'b'));
      await pass(waitMs - 2);
      await waiting(second);
      await pass(2);
      await granted(second);
    });

    it('is shared by the steps of that workspace in their order', async () => {
      await fill({ terms });
      await granted(half(BURST / 2));
      const [one, two] = [half(500), half(500)];
      expect(await waiting(one)).toMatchObject({ waitMs: 1_000, position: 1 });
      expect(await waiting(two)).toMatchObject({ waitMs: 2_000, position: 2, reason: 'workspace_share' });
    });
  });
}
