import type { Ask } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { SECOND, PLAIN, BURST, FLOWING, RATE_LIMITED, kinds } from './stage.contract.js';

/** Who is called before the instant that was told. */
export function callable(stage: Stage): void {
  const { limiter, other, pass, ask, tokens, settle, observe, granted, waiting, reserveAll, viewOf, fill } = stage;

  describe('callable', () => {
    /** One call that holds the whole burst, and four that wait for 2,000 tokens each. */
    const crowd = async (terms = FLOWING) => {
      await fill({ terms });
      const call = await granted(tokens(BURST, { terms }));
      const line = Array.from({ length: 4 }, (_, i) => tokens(2_000, { terms, workspaceId: `w${i}` }));
      await reserveAll(line);
      return { call, line, names: line.map(({ stepId }) => stepId) };
    };

    it('tells nobody as long as nobody fits in', async () => {
      expect(await limiter.callable()).toEqual([]);
      await crowd();
      expect(await limiter.callable()).toEqual([]);
    });

    it('tells those who fit in by now, in order, each once', async () => {
      const { call, line, names } = await crowd();
      await settle(call, { charged: { tokens: BURST - 5_000 } });
      expect(await limiter.callable()).toEqual(names.slice(0, 2));
      expect(await other.callable()).toEqual([]);
      expect(kinds(await reserveAll(line))).toEqual(['granted', 'granted', 'wait', 'wait']);
    });

    it('goes by the line, whoever came first', async () => {
      await fill();
      const call = await granted(tokens(BURST));
      const heavy = Array.from({ length: 3 }, () => tokens(2_000));
      const light = tokens(2_000, { workspaceId: 'light' });
      await reserveAll([...heavy, light]);
      await settle(call, { charged: { tokens: BURST - 5_000 } });
      expect(await limiter.callable()).toEqual([heavy[0]?.stepId, light.stepId]);
    });

    it('tells nobody behind one who does not fit in', async () => {
      const { call } = await crowd();
      await waiting(tokens(1, { workspaceId: 'small' }));
      await settle(call, { charged: { tokens: BURST - 1_000 } });
      expect(await limiter.callable()).toEqual([]);
    });

    it('tells those behind who went away', async () => {
      const { names } = await crowd();
      await pass(2_000 + RULES.graceMs);
      expect(await limiter.callable()).toEqual([]);
      await pass(1);
      // The second and the third are due by themselves.
      expect(await limiter.callable()).toEqual(names.slice(3));
      expect(await viewOf()).toMatchObject({ waiting: 3 });
    });

    it('keeps the place of who is told for the time of grace', async () => {
      const { call, line, names } = await crowd();
      await settle(call, { charged: { tokens: BURST - 2_000 } });
      expect(await limiter.callable()).toEqual(names.slice(0, 1));
      await pass(RULES.graceMs);
      await granted(line[0] as Ask);
    });

    it('leaves out who comes soon anyway', async () => {
      await fill();
      await granted(tokens(BURST));
      const soon = tokens(2 * RULES.lookaheadMs);
      expect(await waiting(soon)).toMatchObject({ waitMs: 2 * RULES.lookaheadMs });
      await pass(RULES.lookaheadMs);
      expect(await limiter.callable()).toEqual([]);
    });

    it('leaves out who waits for its own workspace', async () => {
      const terms = { ...PLAIN, workspaceShare: 0.5 };
      const budget = { period: 'p', limit: 10, spent: 0 };
      await fill({ terms });
      await granted(tokens(BURST / 2, { terms }));
      expect(await waiting(tokens(2_000, { terms }))).toMatchObject({ reason: 'workspace_share' });
      const poor = { terms, workspaceId: 'b', cost: 10, budget };
      await granted(tokens(10, poor));
      expect(await waiting(tokens(10, poor))).toMatchObject({ reason: 'budget' });
      expect(await limiter.callable()).toEqual([]);
    });

    /** Two calls that run for long, as many as may, and two that wait for them. */
    const busy = async () => {
      const terms = { ...FLOWING, concurrency: 2 };
      const call = () => tokens(1, { terms });
      const first = await granted(call());
      await pass(8 * SECOND);
      await settle(first);
      const running = [await granted(call()), await granted(call())] as const;
      const line = [call(), call()] as const;
      const answers = await reserveAll(line);
      expect(answers).toMatchObject([4, 8].map((seconds) => ({ reason: 'concurrency', waitMs: seconds * SECOND })));
      return { running, line };
    };

    it('tells no more than may run at a time', async () => {
      const { running, line } = await busy();
      expect(await limiter.callable()).toEqual([]);
      await settle(running[0]);
      expect(await limiter.callable()).toEqual([line[0].stepId]);
      expect(await limiter.callable()).toEqual([]);
      await settle(running[1]);
      expect(await limiter.callable()).toEqual([line[1].stepId]);
    });

    it('tells nobody during a pause, one after it, and nobody during its probe', async () => {
      const { running, line } = await busy();
      await settle(running[0]);
      await settle(running[1], { pause: { ...RATE_LIMITED, ms: SECOND } });
      expect(await limiter.callable()).toEqual([]);
      await pass(SECOND);
      expect(await limiter.callable()).toEqual([line[0].stepId]);
      expect(await limiter.reserve(line[0])).toMatchObject({ kind: 'granted', isProbe: true });
      expect(await limiter.callable()).toEqual([]);
      await observe(line[0]);
      expect(await limiter.callable()).toEqual([line[1].stepId]);
    });

    it('tells one during a probe, not one more at each look', async () => {
      const terms = { ...FLOWING, concurrency: 8 };
      const calls = Array.from({ length: 8 }, () => ask({}, { terms }));
      await reserveAll(calls);
      await pass(8 * SECOND);
      await limiter.renew(calls);
      await settle(calls[0] as Ask);
      const last = await granted(ask({}, { terms }));
      const line = Array.from({ length: 6 }, () => tokens(1, { terms }));
      await reserveAll(line);
      for (const one of [...calls.slice(2), last]) await settle(one);
      await settle(calls[1] as Ask, { pause: { ...RATE_LIMITED, ms: SECOND / 10 } });
      await pass(SECOND / 10);
      expect(await limiter.callable()).toEqual([line[0]?.stepId]);
      expect(await limiter.callable()).toEqual([]);
    });

    it('tells those of all buckets', async () => {
      const calls = ['one', 'two'].map((bucket) => tokens(BURST * RULES.start, { bucket }));
      await reserveAll(calls);
      const line = ['one', 'two'].map((bucket) => tokens(1_000, { bucket }));
      await reserveAll(line);
      for (const one of calls) await settle(one, { charged: { tokens: 0 } });
      expect((await limiter.callable()).sort()).toEqual(line.map(({ stepId }) => stepId));
    });
  });
}
