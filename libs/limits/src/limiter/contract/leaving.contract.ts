import type { Ask } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Stage } from './stage.contract.js';
import { BURST } from './stage.contract.js';

/** Steps that do not come back. */
export function leaving(stage: Stage): void {
  const { limiter, other, now, pass, tokens, settle, granted, waiting, reserveAll, viewOf, fill } = stage;

  describe('a step that leaves', () => {
    /** There is nothing left; each of these waits for 1,000 tokens. */
    const waitFor = async (...workspaces: string[]) => {
      await fill();
      await granted(tokens(BURST));
      const line = workspaces.map((workspaceId) => tokens(1_000, { workspaceId }));
      await reserveAll(line);
      return line;
    };
    const leave = (...asks: Ask[]) => limiter.leave(asks.map(({ stepId }) => stepId));
    const positions = async (asks: readonly Ask[]) => {
      const found: number[] = [];
      for (const one of asks) found.push((await waiting(one)).position);
      return found;
    };

    it('gives its place to those behind', async () => {
      const [one, two, last] = (await waitFor('a', 'a', 'a')) as [Ask, Ask, Ask];
      await other.leave([one.stepId]);
      expect(await viewOf()).toMatchObject({ waiting: 2 });
      expect(await waiting(last)).toMatchObject({ position: 2, waitMs: 2_000 });
      expect(await waiting(two)).toMatchObject({ position: 1, waitMs: 1_000 });
      await pass(1_000);
      await granted(two);
    });

    it('is not called any more', async () => {
      await fill();
      const call = await granted(tokens(BURST));
      const [one, two] = [tokens(2_000), tokens(2_000)];
      await reserveAll([one, two]);
      await leave(one);
      await settle(call, { charged: { tokens: 0 } });
      expect(await limiter.callable()).toEqual([two.stepId]);
    });

    it('leaves whatever bucket it waits in', async () => {
      const [one] = await waitFor('a');
      const two = tokens(BURST, { bucket: 'two' });
      await waiting(two);
      await leave(one as Ask, two);
      expect([(await viewOf()).waiting, (await viewOf('two')).waiting]).toEqual([0, 0]);
    });

    it('changes nothing, if nobody knows it', async () => {
      const line = await waitFor('a', 'a', 'b');
      const before = await viewOf();
      await limiter.leave(['unknown', `${line[0]?.stepId}/1`]);
      await limiter.leave([]);
      expect(await viewOf()).toEqual(before);
      expect(await positions(line)).toEqual([1, 3, 2]);
    });

    it('leaves the line alone, not the call that runs', async () => {
      await fill();
      const call = await granted(tokens(BURST));
      await leave(call);
      expect(await viewOf()).toMatchObject({ calls: 1 });
      await settle(call, { charged: { tokens: BURST - 1_000 } });
      await granted(tokens(1_000));
    });

    it('and asks again stands at the end of its workspace’s part', async () => {
      const line = await waitFor('a', 'a', 'a', 'b', 'b', 'b', 'b', 'b');
      expect(await positions(line)).toEqual([1, 3, 5, 2, 4, 6, 7, 8]);
      await leave(line[0] as Ask);
      await waiting(line[0] as Ask);
      expect(await positions(line)).toEqual([5, 1, 3, 2, 4, 6, 7, 8]);
    });

    it('costs its workspace nothing: who had two hundred cancelled stands where it would have stood without them', async () => {
      const line = await waitFor(...Array.from({ length: 200 }, () => 'a'), 'b', 'b', 'b');
      await leave(...line.slice(0, 200));
      const after = tokens(1_000, { workspaceId: 'a' });
      expect(await positions([after, ...line.slice(200)])).toEqual([2, 1, 3, 4]);
    });

    describe('with thirty-nine others, as their run was cancelled,', () => {
      const own = 5_000;
      /** A call holds all there is; forty wait for it, and behind them one whose run goes on. */
      const cancel = async () => {
        await fill();
        const call = await granted(tokens(BURST));
        const cancelled = Array.from({ length: 40 }, () => tokens(own));
        const live = tokens(own);
        await reserveAll([...cancelled, live]);
        return { call, cancelled, live };
      };
      /** As an orchestrator does: who is told and does not come back leaves, and makes room for others to be told. */
      const callUp = async (live: Ask): Promise<boolean> => {
        for (;;) {
          const told = await limiter.callable();
          const gone = told.filter((stepId) => stepId !== live.stepId);
          if (gone.length === 0) return told.includes(live.stepId);
          await limiter.leave(gone);
          if (told.includes(live.stepId)) return true;
        }
      };
      /** How long the step waits, which asks at the instant it was told, or when it is called. */
      const waited = async (live: Ask): Promise<number> => {
        const since = now();
        let dueAt = since + (await waiting(live)).waitMs;
        for (; ; await pass(RULES.lookaheadMs)) {
          if (await callUp(live)) dueAt = now();
          if (dueAt > now()) continue;
          const answer = await limiter.reserve(live);
          if (answer.kind === 'granted') return now() - since;
          dueAt = now() + (await waiting(live)).waitMs;
        }
      };

      it('holds up nobody behind it for longer than that one takes itself', async () => {
        const { cancelled, live } = await cancel();
        expect(await waiting(live)).toMatchObject({ position: 41, waitMs: 41 * own });
        await leave(...cancelled);
        expect(await waiting(live)).toMatchObject({ position: 1, waitMs: own });
        expect(await waited(live)).toBeLessThanOrEqual(own);
      });

      it('when it is told holds up nobody either, though they are told one after the other', async () => {
        const { call, live } = await cancel();
        await settle(call, { charged: { tokens: BURST - 1_000 } });
        expect(await waiting(live)).toMatchObject({ position: 41, waitMs: 41 * own - 1_000 });
        expect(await waited(live)).toBeLessThanOrEqual(own);
        expect(await viewOf()).toMatchObject({ waiting: 0 });
      }, 30_000);
    });
  });
}
