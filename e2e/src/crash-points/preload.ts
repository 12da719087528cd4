import { openSync, readFileSync, writeSync } from 'node:fs';
import { enableCompileCache, flushCompileCache, registerHooks } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

// Loaded into a process before its own code (`--import`): gives it instrumented files in place of the built ones, and
// kills it where it is told to. The address says what: `plan`, a file of sources by URL; `hits`, a file that gets a line
// for every point that is passed; `point` and `nth`, to be armed from the start.
const { searchParams } = new URL(import.meta.url);
const plan = searchParams.get('plan');
const hits = searchParams.get('hits');
const STDERR = 2;

interface Arm {
  type: 'arm';
  /** Comes back in the answer. */
  id: number;
  point: string;
  /** The point's passing that is the last one, from 1. */
  nth: number;
}

let armed: { point: string; left: number } | undefined;

function arm(point: string, nth: number): void {
  armed = { point, left: nth };
}

/** Dies on the spot: nothing more runs, not even what is due in this turn. */
function die(point: string): void {
  writeSync(STDERR, `crash point: ${point}\n`);
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

if (isMainThread && plan !== null) {
  // Processes start by the hundred here. What does not exit in order has to store the cache by itself (below).
  process.setSourceMapsEnabled(false);
  enableCompileCache(join(dirname(plan), 'compiled'));
  const sources = JSON.parse(readFileSync(plan, 'utf8')) as Record<string, string>;
  registerHooks({
    load(url, context, nextLoad) {
      const source = sources[url];
      return source === undefined ? nextLoad(url, context) : { format: 'module', source, shortCircuit: true };
    },
  });
  const log = hits === null ? undefined : openSync(hits, 'a');
  Object.assign(globalThis, {
    // As HOOK in instrument.ts, which is not for processes under test.
    [Symbol.for('planwright.crash-point')](point: string) {
      if (log !== undefined) writeSync(log, `${point}\n`);
      if (armed?.point !== point) return;
      armed.left -= 1;
      if (armed.left === 0) die(point);
    },
  });
  const point = searchParams.get('point');
  if (point !== null) arm(point, Number(searchParams.get('nth') ?? 1));
  process.on('message', (message: Arm) => {
    if (message.type !== 'arm') return;
    flushCompileCache();
    arm(message.point, message.nth);
    process.send?.({ type: `armed ${message.id}` });
  });
  // To listen for messages is no reason to stay.
  process.channel?.unref();
}
