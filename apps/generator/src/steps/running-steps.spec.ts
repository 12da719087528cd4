import { RunningSteps } from './running-steps.js';

const fence = (stepId: string, attempt = 1) => ({ stepId, attempt });

describe('RunningSteps', () => {
  it('cancels the attempt named and older ones of the step, nothing else', () => {
    const running = new RunningSteps();
    const [first, second, third, other] = [
      running.begin(fence('a', 1)),
      running.begin(fence('a', 2)),
      running.begin(fence('a', 3)),
      running.begin(fence('b')),
    ];
    running.cancel([fence('a', 2)]);
    expect([first, second, third, other].map((step) => step.stopReason)).toEqual([
      'cancelled',
      'cancelled',
      undefined,
      undefined,
    ]);
    expect(first.signal.aborted).toBe(true);
  });

  it('remembers a cancel that came before its command, for ten minutes', () => {
    let now = 0;
    const running = new RunningSteps(() => now);
    running.cancel([fence('a', 2)]);
    expect([1, 2, 3].map((attempt) => running.wasCancelled(fence('a', attempt)))).toEqual([true, true, false]);
    now = 600_001;
    expect(running.wasCancelled(fence('a', 1))).toBe(false);
  });

  it('keeps the highest attempt and forgets the oldest cancels when there are too many', () => {
    const running = new RunningSteps(() => 0);
    running.cancel([fence('a', 5)]);
    running.cancel([fence('a', 2)]);
    expect(running.wasCancelled(fence('a', 5))).toBe(true);
    for (let i = 0; i < 10_001; i++) running.cancel([fence(`x${i}`)]);
    expect(running.wasCancelled(fence('a', 5))).toBe(false);
    expect(running.wasCancelled(fence('x10000'))).toBe(true);
  });

  it('drains at once when idle, and when the last step ends', async () => {
    const running = new RunningSteps();
    await running.drain(60_000);
    const step = running.begin(fence('a'));
    const drained = running.drain(60_000);
    step.end();
    await drained;
    expect(step.signal.aborted).toBe(false);
  });

  it('stops what is still running when the grace is over', async () => {
    const running = new RunningSteps();
    const step = running.begin(fence('a'));
    step.signal.addEventListener('abort', () => step.end());
    await running.drain(5);
    expect(step.stopReason).toBe('shutdown');
  });
});
