import { Lanes } from './lanes.js';

/** Works that end when they are told to. */
function works(lanes: Lanes, count: number) {
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const done = Array.from({ length: count }, (_, i) =>
    lanes.run(async () => {
      begun.push(i);
      await new Promise<void>((resolve) => (ends[i] = resolve));
      return i;
    }),
  );
  return { begun, ends, done };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('lets so many work at a time, and the others in their order', async () => {
  const { begun, ends, done } = works(new Lanes(2), 5);
  await settle();
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  ends[2]?.();
  await settle();
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  ends[3]?.();
  ends[4]?.();
  expect(await Promise.all(done)).toEqual([0, 1, 2, 3, 4]);
});

it('gives a lane back when the work fails, and no more lanes than there are', async () => {
  const lanes = new Lanes(1);
  const failing = () => lanes.run(() => Promise.reject(new Error('no')));
  await Promise.allSettled([failing(), failing(), failing()]);
  const { begun, ends, done } = works(lanes, 2);
  await settle();
  expect(begun).toEqual([0]);
  ends[0]?.();
  await settle();
  ends[1]?.();
  expect(await Promise.all(done)).toEqual([0, 1]);
});
