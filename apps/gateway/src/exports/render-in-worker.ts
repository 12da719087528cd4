import { Worker } from 'node:worker_threads';
import type { ExportedFile } from '@planwright/export';
import type { DocumentRequest } from '@planwright/export/render';
import { Lanes } from '../changes/lanes.js';
import { RequestProblem } from '../http/problem.js';

/**
 * Makes a document; null where it takes longer than anybody waits, or where `left` says that nobody waits any more. Throws
 * 503 `unavailable` where too many wait already.
 */
export type RenderDocument = (request: DocumentRequest, left?: AbortSignal) => Promise<ExportedFile | null>;

export interface RenderOptions {
  /** Node options of the thread. Default: none. */
  execArgv?: string[];
  /** Default 60 s. */
  timeoutMs?: number;
  /** Requests that may stand in line. Default 20. */
  mostWaiting?: number;
}

/** Documents made at the same time; the others wait. */
const THREADS = 2;
const MEMORY_MB = 768;
const RETRY_AFTER_SECONDS = 15;

/** The thread's code lies beside this file, built or not. */
const ENTRY = new URL(import.meta.url.replace('render-in-worker', 'render-worker'));

/**
 * Makes documents in threads of their own, one thread each: setting a long one takes seconds, in which this process goes on
 * answering. What it needs of memory is bounded and freed with it; so is the line, in which every request keeps a whole plan.
 */
export function renderInWorker(options: RenderOptions = {}): RenderDocument {
  const { execArgv = [], timeoutMs = 60_000, mostWaiting = 20 } = options;
  const lanes = new Lanes(THREADS);
  let open = 0;
  return async (request, left) => {
    if (open >= THREADS + mostWaiting) {
      const detail = `${open} documents are being made or wait for it, as many as there may be.`;
      throw new RequestProblem('unavailable', detail, { retry_after_seconds: RETRY_AFTER_SECONDS });
    }
    open++;
    try {
      return await lanes.run(async () => (left?.aborted ? null : render(request, execArgv, timeoutMs, left)));
    } finally {
      open--;
    }
  };
}

async function render(
  request: DocumentRequest,
  execArgv: string[],
  timeoutMs: number,
  left?: AbortSignal,
): Promise<ExportedFile | null> {
  const worker = new Worker(ENTRY, {
    workerData: request,
    execArgv,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ExportedFile | null>((resolve, reject) => {
      timer = setTimeout(() => resolve(null), timeoutMs);
      left?.addEventListener('abort', () => resolve(null), { once: true });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread ended without a document')));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
