import type { Stage } from './stage.contract.js';
import { SECOND, STILL, STILL_LEVEL } from './stage.contract.js';

/** What operators see. */
export function view({ limiter, other, tokens, granted, waiting, pause }: Stage): void {
  it('shows each bucket as it stands', async () => {
    expect(await limiter.view()).toEqual([]);
    await granted(tokens(100, { terms: STILL }));
    await pause(SECOND, {}, { bucket: 'two' });
    await waiting(tokens(1, { bucket: 'two' }));
    const views = (await other.view()).sort((a, b) => (a.bucket < b.bucket ? -1 : 1));
    expect(views).toMatchObject([
      { bucket: 'bucket', calls: 1, waiting: 0, pause: null },
      { bucket: 'two', calls: 0, waiting: 1, pause: { code: 'rate_limited', ms: SECOND } },
    ]);
    expect(views[0]?.limits.tokens?.limit).toBe(40_000);
    expect(views[0]?.limits.tokens?.level).toBeCloseTo(STILL_LEVEL - 100, 0);
    expect(views[0]?.limits.tokens?.capacity).toBeCloseTo(40_000, 0);
  });
}
