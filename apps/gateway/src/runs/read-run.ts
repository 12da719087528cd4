import type { RunResource } from '@planwright/contracts';
import { runChannel } from '@planwright/contracts';
import type { LiveLog } from '@planwright/live';
import type { Database, Reads } from '@planwright/persistence';
import type { StoredRun } from '@planwright/persistence';
import type { Logger } from '@planwright/runtime';

/** A position of no log at all: whoever subscribes with it is told to start again. */
const NO_STREAM = { epoch: 'none', seq: 0 };

/**
 * A run with the text so far and where to go on listening. The log's position is read before the rows: a follower may
 * then hear again what the rows already say, and misses nothing.
 */
export class ReadRun {
  constructor(
    private readonly database: Database,
    private readonly live: LiveLog,
    private readonly log: Logger,
  ) {}

  /** `read`: of the transaction that answers with this run, if one does. */
  async execute(workspaceId: string, runId: string, read: Reads = this.database.read): Promise<RunResource | null> {
    // Rows first only to know that the run is the caller's: a log is not made for a stranger's id.
    if ((await read.channelOwner(runChannel(runId))) !== workspaceId) return null;
    const live = await this.live.snapshot(runChannel(runId)).catch((error: unknown) => {
      this.log.warn({ err: error, runId }, 'live log does not answer; the run is shown without its text so far');
      return null;
    });
    const run = await read.run(workspaceId, runId);
    if (!run) return null;
    const stream = live ? { epoch: live.epoch, seq: live.seq } : NO_STREAM;
    return { ...run, writing: stillWritten(run, live?.writing ?? []), stream };
  }
}

/** The log was read first: a section that was finished in between is not being written any more. */
function stillWritten({ documents, steps }: StoredRun, writing: RunResource['writing']): RunResource['writing'] {
  return writing.filter(({ document_id, section_id }) => {
    const kind = documents.find(({ id }) => id === document_id)?.kind;
    const step = steps.find((each) => each.document === kind && each.section_id === section_id);
    return step?.finished_at === null;
  });
}
