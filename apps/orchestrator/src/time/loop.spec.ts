import { startLoop } from './loop.js';

it('goes on after an error and stops when told to', async () => {
  const errors: unknown[] = [];
  let rounds = 0;
  let third = () => {};
  const reached = new Promise<void>((resolve) => (third = resolve));
  const loop = startLoop({
    work: async () => {
      rounds++;
      if (rounds === 1) throw new Error('first');
      if (rounds === 3) third();
      return 0;
    },
    onError: (error) => errors.push(error),
    errorPauseMs: 0,
  });
  await reached;
  await loop.stop();
  const after = rounds;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect({ errors: errors.length, more: rounds - after }).toEqual({ errors: 1, more: 0 });
});

it('does not wait out a long pause to stop', async () => {
  const loop = startLoop({ work: async () => 3_600_000, onError: () => undefined, errorPauseMs: 0 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await loop.stop();
});

it('begins after its delay, and not at all where it is stopped before', async () => {
  let rounds = 0;
  const work = async () => {
    rounds++;
    return 3_600_000;
  };
  const options = { work, onError: () => undefined, errorPauseMs: 0 };
  const late = startLoop({ ...options, delayMs: 20 });
  expect(rounds).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(rounds).toBe(1);
  await late.stop();
  await startLoop({ ...options, delayMs: 3_600_000 }).stop();
  expect(rounds).toBe(1);
});
