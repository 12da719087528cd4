import { setTimeout as sleep } from 'node:timers/promises';
import type { RunResource } from '@planwright/contracts';
import { isEndedRun } from '@planwright/plan';
import type { ChangeAnswer } from '../changes/make-change.js';
import type { ReadRun } from './read-run.js';

const POLL_MS = 200;

/** Keeps the answer of a run back until the run has ended, for those who asked for that with `Prefer: wait=N`. */
export class WaitForEnd {
  constructor(private readonly readRun: ReadRun) {}

  /** 200 with the run as it ended; the answer as it was, if that takes longer than `seconds`. */
  async execute(workspaceId: string, answer: ChangeAnswer, seconds: number | null): Promise<ChangeAnswer> {
    const { id } = JSON.parse(answer.body) as RunResource;
    for (const until = Date.now() + (seconds ?? 0) * 1_000; Date.now() < until;) {
      const run = await this.readRun.execute(workspaceId, id);
      if (!run || isEndedRun(run.status)) return run ? { ...answer, status: 200, body: JSON.stringify(run) } : answer;
      await sleep(Math.min(POLL_MS, Math.max(0, until - Date.now())));
    }
    return answer;
  }
}
