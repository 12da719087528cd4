import { QUEUES, WORK_QUEUES } from '@planwright/messaging';
import { waitFor } from '@planwright/testing';
import { parkedMessages, putIntoQueue } from './src/broker.js';
import { startDistributed } from './src/distributed.js';
import type { Distributed } from './src/distributed.js';
import { startRun, untilEnded } from './src/driver.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

let platform: Distributed;
beforeAll(async () => void (platform = await startDistributed()), 60_000);
afterAll(() => platform?.stop(), 60_000);

test('what no consumer can read is parked with a reason, from every queue, and the consumers go on', async () => {
  const version9 = JSON.stringify({ name: 'run.start', version: 9, payload: {} });
  const broken: [body: string, reason: RegExp][] = [
    ['{"name": "run.start', /not JSON/],
    ['{"name": "run.explode", "version": 1}', /unknown message name "run\.explode"/],
    [version9, /run\.start version 9; this release reads version 1/],
    ['{"name": "step.generate", "version": 1, "payload": {"attempt": "x"}}', /step\.generate breaks its schema at \//],
    ['', /empty/],
  ];
  for (const queue of WORK_QUEUES) {
    for (const [body] of broken) await putIntoQueue(`${platform.prefix}.${queue}`, body);
  }
  const parked = await waitFor(
    async () => {
      const all = await parkedMessages(platform.prefix);
      return all.length === WORK_QUEUES.length * broken.length && all;
    },
    { what: 'every message to be parked', timeoutMs: 20_000 },
  );
  for (const queue of WORK_QUEUES) {
    const ofQueue = parked.filter((message) => message.queue?.endsWith(queue));
    for (const [body, reason] of broken) {
      const found = ofQueue.find((message) => Buffer.from(message.body).toString() === body);
      expect(found?.reason).toMatch(reason);
      expect(found?.parkedAt).not.toBeNull();
    }
  }
  // A sound command in the wrong queue is nobody's there.
  const { client, run: begun } = await startRun(platform, { mode: 'draft' });
  const command = { run_id: begun.id };
  await putIntoQueue(
    `${platform.prefix}.${QUEUES.generatorInteractive}`,
    JSON.stringify({
      id: begun.id,
      name: 'run.start',
      version: 1,
      occurred_at: new Date().toISOString(),
      workspace_id: begun.id,
      run_id: begun.id,
      causation_id: null,
      traceparent: null,
      payload: command,
    }),
  );
  expect((await untilEnded(client, begun.id, 60_000)).status).toBe('succeeded');
  await waitFor(async () => (await parkedMessages(platform.prefix)).length === parked.length + 1, {
    what: 'the stray command to be parked',
  });
}, 90_000);

leaveNothingRunning();
