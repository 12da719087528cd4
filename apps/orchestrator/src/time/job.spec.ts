import { Job } from './job.js';

it('runs once at a time, and again when it is asked for after its end', async () => {
  let rounds = 0;
  let end = () => {};
  const job = new Job(
    () => {
      rounds += 1;
      return new Promise<void>((resolve) => (end = resolve));
    },
    () => {},
  );
  job.start();
  job.start();
  expect(rounds).toBe(1);
  end();
  await job.idle();
  job.start();
  expect(rounds).toBe(2);
  end();
  await job.idle();
});

it('goes on after an error', async () => {
  const errors: unknown[] = [];
  let rounds = 0;
  const job = new Job(
    async () => {
      rounds += 1;
      throw new Error(`round ${rounds}`);
    },
    (error) => errors.push((error as Error).message),
  );
  job.start();
  await job.idle();
  job.start();
  await job.idle();
  expect(errors).toEqual(['round 1', 'round 2']);
});
