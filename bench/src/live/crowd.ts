import { Worker } from 'node:worker_threads';
import { waitFor } from '@planwright/testing';
import type { Tally } from './member.js';
import { emptyTally } from './member.js';

/** What a worker can be told. */
export type Order =
  | { do: 'join'; overMs: number }
  | { do: 'level' }
  | { do: 'ended' }
  | { do: 'cut'; everyMs: number; forMs: number }
  | { do: 'calm' }
  | { do: 'count' }
  | { do: 'texts' }
  /** Connections from now on go there. */
  | { do: 'move'; urls: readonly string[] }
  | { do: 'leave' };

/** Threads a crowd is spread over. */
const THREADS = 2;

/** Many readers over WebSocket, in threads beside the one that measures. */
export class Crowd {
  private readonly workers: Worker[];
  private readonly waiting = new Map<number, (answer: unknown) => void>();
  private lastId = 0;

  /** One member for each channel named. */
  constructor(
    readonly channels: readonly string[],
    urls: readonly string[],
  ) {
    const share = Math.ceil(channels.length / THREADS);
    this.workers = Array.from({ length: THREADS }, (_, i) => channels.slice(i * share, (i + 1) * share))
      .filter(({ length }) => length > 0)
      .map((own) => {
        const worker = new Worker(new URL('./crowd-worker.js', import.meta.url), {
          workerData: { channels: own, urls },
        });
        worker.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
          this.waiting.get(id)?.(answer);
          this.waiting.delete(id);
        });
        return worker;
      });
  }

  /** Connects everybody, spread over this time, and waits until all are level with their logs. */
  async join(overMs: number, timeoutMs = 60_000): Promise<void> {
    await this.tell({ do: 'join', overMs });
    await this.untilLevel(timeoutMs);
  }

  async untilLevel(timeoutMs = 60_000): Promise<void> {
    const what = `${this.channels.length} readers to be level with their logs`;
    await waitFor(async () => sum(await this.tell({ do: 'level' })) === this.channels.length, { what, timeoutMs });
  }

  async untilEnded(timeoutMs = 60_000): Promise<void> {
    const what = `${this.channels.length} readers to be told the end`;
    await waitFor(async () => sum(await this.tell({ do: 'ended' })) === this.channels.length, { what, timeoutMs });
  }

  /** What was counted since the last call. */
  async count(): Promise<Tally> {
    const tallies = (await this.tell({ do: 'count' })) as Tally[];
    const all = emptyTally();
    for (const tally of tallies) {
      for (const key of ['delays', 'replayed', 'away', 'returns'] as const)
        for (const value of tally[key]) all[key].push(value);
      for (const key of ['refused', 'refusedWithRetryAfter', 'failed'] as const) all[key] += tally[key];
      for (const key of ['duplicates', 'gaps', 'resets', 'frames', 'events'] as const) all[key] += tally[key];
    }
    return all;
  }

  /** SHA-256 of every section's text, for each member. */
  async texts(): Promise<ReadonlyMap<string, string>[]> {
    const found = (await this.tell({ do: 'texts' })) as [string, string][][][];
    return found.flat().map((texts) => new Map(texts));
  }

  tell(order: Order): Promise<unknown[]> {
    return Promise.all(
      this.workers.map(
        (worker) =>
          new Promise((resolve) => {
            this.lastId += 1;
            this.waiting.set(this.lastId, resolve);
            worker.postMessage({ id: this.lastId, order });
          }),
      ),
    );
  }

  async disband(): Promise<void> {
    await this.tell({ do: 'leave' });
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

const sum = (values: readonly unknown[]): number => values.reduce<number>((total, value) => total + Number(value), 0);
