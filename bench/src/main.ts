import { endTestRun, startTestRun } from '@planwright/testing';
import { firstChunk } from './first-chunk.js';
import { gatewayRead } from './gateway-read.js';
import { idle } from './idle.js';
import { fairness } from './limits/fairness.js';
import { parked } from './limits/parked.js';
import { quotaUse } from './limits/quota-use.js';
import { reserveLatency } from './limits/reserve-latency.js';
import { wakeUp } from './limits/wake-up.js';
import { workersLost } from './limits/workers-lost.js';
import { cuts } from './live/cuts.js';
import { drain } from './live/drain.js';
import { fanout } from './live/fanout.js';
import { firstEvent } from './live/first-event.js';
import { jitter } from './live/jitter.js';
import { slowReader } from './live/slow-reader.js';
import { storm } from './live/storm.js';
import { lighthouse } from './page/lighthouse.js';
import { pageStream } from './page/page-stream.js';
import { preview } from './preview/preview.js';
import { stepGap } from './step-gap.js';

/** Each prints its figures for people on stderr and answers them as one object. */
const CASES: Readonly<Record<string, () => Promise<object>>> = {
  cuts,
  drain,
  fairness,
  fanout,
  'first-chunk': firstChunk,
  'first-event': firstEvent,
  'gateway-read': gatewayRead,
  idle,
  jitter,
  lighthouse,
  'page-stream': pageStream,
  parked,
  preview,
  'quota-use': quotaUse,
  'reserve-latency': reserveLatency,
  'slow-reader': slowReader,
  'step-gap': stepGap,
  storm,
  'wake-up': wakeUp,
  'workers-lost': workersLost,
};

const [name = ''] = process.argv.slice(2);
const run = CASES[name];
if (!run) {
  process.stderr.write(`bench: nothing is called "${name}"; there are ${Object.keys(CASES).join(', ')}.\n`);
  process.exit(2);
}
await startTestRun();
try {
  const figures = await run();
  process.stdout.write(`${JSON.stringify({ bench: name, at: new Date().toISOString(), ...figures })}\n`);
} finally {
  await endTestRun();
}
