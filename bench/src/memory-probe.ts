import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

// Loaded first into a process whose memory is measured: collects all garbage when asked to, and says what is left.

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: object) => void;

/** Everything that can be collected, and the heap as small as it goes. */
const thoroughly = { type: 'major', execution: 'sync', flavor: 'last-resort' };

if (isMainThread) {
  process.on('message', ({ type, answer }: { type?: string; answer?: string }) => {
    if (type !== 'collect') return;
    collect(thoroughly);
    // What was collected may let go of more, of buffers for instance.
    setTimeout(() => {
      collect(thoroughly);
      const { heapUsed, external, rss } = process.memoryUsage();
      process.send?.({ type: answer, heldBytes: heapUsed + external, residentBytes: rss });
    }, 200);
  });
  process.channel?.unref();
}
