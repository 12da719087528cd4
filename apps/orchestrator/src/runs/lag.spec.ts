import { Lag } from './lag.js';

const clock = { at: 100_000, now: () => clock.at };
const ago = (ms: number) => new Date(clock.at - ms).toISOString();

it('is behind only while old messages wait, or nobody knows', () => {
  const lag = new Lag(clock);
  expect([lag.isBehind(0), lag.isBehind(1)]).toEqual([false, true]);
  lag.took(ago(4_000));
  expect(lag.isBehind(1_000)).toBe(false);
  lag.took(ago(6_000));
  expect([lag.isBehind(0), lag.isBehind(1)]).toEqual([false, true]);
  lag.took(ago(10));
  clock.at += 5_001;
  // It takes nothing, and something waits.
  expect(lag.isBehind(1)).toBe(true);
});
