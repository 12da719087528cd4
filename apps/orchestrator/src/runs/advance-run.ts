import { createHash } from 'node:crypto';
import type { AnyMessage, ProjectEventBody } from '@planwright/contracts';
import { parseTaskDrafts, projectChannel, runChannel } from '@planwright/contracts';
import { UnavailableError } from '@planwright/messaging';
import { isUnavailable } from '@planwright/persistence';
import type { Database, LockedRun, OutboxRow, StepResult, Tx } from '@planwright/persistence';
import { decideAll } from '@planwright/plan';
import type { Effect, RunEvent, RunState } from '@planwright/plan';
import type { Presence } from '@planwright/presence';
import type { Logger } from '@planwright/runtime';
import { newId } from '@planwright/runtime';
import type { Admission } from '../admission/admission.js';
import type { OutboxSender } from '../outbox/outbox-sender.js';
import type { LiveFeed } from './live-feed.js';
import { factMessage, outgoing, projectFact, runFacts, sectionOf } from './facts.js';
import type { OutgoingMessage, StoredText } from './facts.js';

/** One thing that happened to a run, with the message that told of it (null for the due-scanner and the sweeper). */
export interface Happening {
  runId: string;
  event: RunEvent;
  result?: StepResult | undefined;
  message: AnyMessage | null;
}

/** What became of a happening: the effects it had, or why it had none. */
export type Outcome = { effects: readonly Effect[] } | 'duplicate' | 'unknown_run';

interface Committed {
  run: LockedRun;
  effects: readonly Effect[];
  rows: readonly OutboxRow[];
  /** How many events of the project were written. */
  projectFacts: number;
}

const CONSUMER = 'orchestrator';

/**
 * The shell around the state machine, the same for every event: lock the run, return if the message was seen, load,
 * decide, save steps, facts and outbox, commit; then show the facts live, send what was written, and let issued steps
 * go on. Whatever fails after the commit is made up for: the relay sends, the notifier shows, admission runs again.
 */
export class AdvanceRun {
  constructor(
    private readonly parts: {
      database: Database;
      sender: OutboxSender;
      admission: Pick<Admission, 'issued' | 'freed'>;
      presence: Pick<Presence, 'stop'>;
      live: Pick<LiveFeed, 'show'>;
      log: Logger;
    },
  ) {}

  /** Throws `UnavailableError` while the database is away: nothing of the happening is stored then. */
  async execute(happening: Happening): Promise<Outcome> {
    const { sender } = this.parts;
    const sent = sender.takeSent();
    let committed: Committed | Extract<Outcome, string>;
    try {
      committed = await this.parts.database.transaction(async (tx) => {
        await tx.outbox.delete(sent);
        return this.commit(tx, happening);
      });
    } catch (error) {
      sender.giveBack(sent);
      throw isUnavailable(error) ? new UnavailableError('the database is away', { cause: error }) : error;
    }
    if (typeof committed === 'string') return committed;
    await this.follow(committed);
    return { effects: committed.effects };
  }

  /** What follows a commit. Whatever of it fails is made up for, so none of it is an error. */
  private async follow({ run, effects, rows, projectFacts }: Committed): Promise<void> {
    if (effects.every(({ type }) => type === 'ignored')) return;
    const { sender, admission, live } = this.parts;
    const shown = live.show(runChannel(run.state.runId));
    const news = projectFacts > 0 ? live.show(projectChannel(run.projectId)) : undefined;
    const issued = effects.some(({ type }) => type === 'step_issued');
    await Promise.all([
      this.stop(effects),
      Promise.all([shown, news]).then(() => sender.send(rows)),
      issued ? admission.issued(run.state.runId, shown) : admission.freed(),
    ]);
  }

  /** Attempts that were given up are marked as such: their commands may still wait in a queue, and shall not be begun. */
  private async stop(effects: readonly Effect[]): Promise<void> {
    const fences = effects.flatMap((effect) => (effect.type === 'stop_requested' ? effect.steps : []));
    if (fences.length === 0) return;
    try {
      await this.parts.presence.stop(fences);
    } catch (error) {
      this.parts.log.warn({ err: error, fences }, 'attempts could not be marked as stopped; their generators are told');
    }
  }

  private async commit(
    tx: Tx,
    { runId, event, result, message }: Happening,
  ): Promise<Committed | Extract<Outcome, string>> {
    const run = await tx.runs.lock(runId);
    if (!run) return 'unknown_run';
    if (message && !(await tx.inbox.firstTime(CONSUMER, message.id, run.workspaceId))) return 'duplicate';
    const { effects, state } = decide(run, event);
    const changes = effects.filter((effect) => effect.type !== 'ignored');
    if (changes.length < effects.length) this.parts.log.debug({ runId, event: event.type, effects }, 'ignored');
    // Also where nothing changes: a late attempt has used tokens, too.
    const cause = message ? { id: message.id, traceparent: message.traceparent } : undefined;
    await tx.runs.apply(run, changes, result, cause);
    if (changes.length === 0) {
      // A cancelled generator reports its partial text after the run was told to stop: the text is kept all the same.
      if (result?.draft && 'attempt' in event) await tx.runs.keepDraft(run, result.stepId, event.attempt, result.draft);
      return { run, effects, rows: [], projectFacts: 0 };
    }
    const facts = runFacts(state, changes, storedText(result));
    const numbered = await tx.events.appendRun(runId, facts);
    const news = [...(await storeTasks(tx, run, state, changes, result)), ...(await runNews(tx, run, changes))];
    const numberedNews = await tx.events.appendProject(run.projectId, news);
    const freed = changes.some(({ type }) => type === 'run_ended') ? await tx.runs.promoteWaiting(run.projectId) : [];
    const row = (of: string, { name, payload }: OutgoingMessage): OutboxRow => ({
      id: newId(),
      name,
      workspaceId: run.workspaceId,
      runId: of,
      causationId: cause?.id ?? null,
      traceparent: cause?.traceparent ?? null,
      payload,
      occurredAt: new Date(event.at).toISOString(),
    });
    const rows = [
      ...numbered.map(({ n, body }) => row(runId, factMessage(run.projectId, n, body, state))),
      ...numberedNews.map(({ n, body }) => row(runId, projectFact(run.projectId, n, body))),
      ...stops(runId, changes).map((message) => row(runId, message)),
      ...freed.map((waiting) => row(waiting.runId, outgoing('run.start', { run_id: waiting.runId }))),
    ];
    await tx.outbox.add(rows);
    return { run, effects, rows, projectFacts: news.length };
  }
}

function storedText(result: StepResult | undefined): StoredText | null {
  if (result?.content === undefined) return null;
  const sha256 = createHash('sha256').update(result.content, 'utf8').digest('hex');
  return { length: result.content.length, sha256 };
}

/**
 * What the event leads to. A wish to stop that is stored comes first, whatever its message does: from the instant a
 * person asked, nothing is begun any more.
 */
function decide(run: LockedRun, event: RunEvent): { effects: readonly Effect[]; state: RunState } {
  const { state, cancelRequestedAt } = run;
  if (cancelRequestedAt === null || state.cancelRequested || event.type === 'cancel_requested') {
    return decideAll(state, event);
  }
  const stopped = decideAll(state, { type: 'cancel_requested', at: event.at });
  const decided = decideAll(stopped.state, event);
  return { effects: [...stopped.effects, ...decided.effects], state: decided.state };
}

/** A completed task list becomes cards in the same transaction. */
async function storeTasks(
  tx: Tx,
  { projectId }: LockedRun,
  state: RunState,
  effects: readonly Effect[],
  result: StepResult | undefined,
): Promise<ProjectEventBody[]> {
  const completed = effects.find((effect) => effect.type === 'section_completed');
  if (!completed || result?.content === undefined) return [];
  const { document, section } = sectionOf(state, completed.stepId);
  if (section.output !== 'tasks') return [];
  const parsed = parseTaskDrafts(result.content);
  if (!parsed.ok) throw new Error(`step ${completed.stepId} was reported as generated, but ${parsed.detail}`);
  const created = await tx.tasks.replaceFromTaskSet({ projectId, versionId: document.versionId, drafts: parsed.tasks });
  return created.map((task) => ({ type: 'task.created', run_id: state.runId, task }));
}

/** What the project's followers learn of a run's life. */
async function runNews(
  tx: Tx,
  { workspaceId, runId }: LockedRun,
  effects: readonly Effect[],
): Promise<ProjectEventBody[]> {
  const types = effects.flatMap(({ type }) =>
    type === 'run_began' ? ['run.started' as const] : type === 'run_ended' ? ['run.ended' as const] : [],
  );
  if (types.length === 0) return [];
  const run = await tx.read.runSummary(workspaceId, runId);
  if (!run) throw new Error(`run ${runId} is locked, but not there`);
  return types.map((type) => ({ type, run_id: runId, run }));
}

/** The broadcasts that follow from a decision. A step that was issued is not sent: it is admitted, in its turn. */
function stops(runId: string, effects: readonly Effect[]): OutgoingMessage[] {
  return effects.flatMap((effect): OutgoingMessage[] => {
    if (effect.type !== 'stop_requested' || effect.steps.length === 0) return [];
    const steps = effect.steps.map(({ stepId, attempt }) => ({ step_id: stepId, attempt }));
    return [outgoing('step.cancel', { run_id: runId, steps })];
  });
}
