import { createHash } from 'node:crypto';
import type { AnyMessage, ProjectEventBody } from '@planwright/contracts';
import { parseTaskDrafts, projectChannel, runChannel } from '@planwright/contracts';
import type { Database, LockedRun, OutboxRow, StepResult, Tx } from '@planwright/persistence';
import { decideAll } from '@planwright/plan';
import type { Effect, RunEvent, RunState } from '@planwright/plan';
import type { Logger } from '@planwright/runtime';
import { newId } from '@planwright/runtime';
import type { Publisher } from '../outbox/publisher.js';
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

const CONSUMER = 'orchestrator';

/**
 * The shell around the state machine, the same for every event: lock the run, return if the message was seen, load,
 * decide, save steps, facts and outbox, commit; then show the facts live and send what was written. Whatever fails after
 * the commit is made up for: the relay sends, the notifier shows.
 */
export class AdvanceRun {
  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly live: LiveFeed,
    private readonly log: Logger,
  ) {}

  async execute(happening: Happening): Promise<Outcome> {
    const committed = await this.database.transaction((tx) => this.commit(tx, happening));
    if (typeof committed === 'string') return committed;
    const { run, effects, rows, projectFacts } = committed;
    // Facts come first: whoever follows sees a section complete before the next one starts.
    await this.live.show(runChannel(run.state.runId));
    if (projectFacts > 0) await this.live.show(projectChannel(run.projectId));
    await this.send(rows);
    return { effects };
  }

  private async commit(tx: Tx, { runId, event, result, message }: Happening) {
    const run = await tx.runs.lock(runId);
    if (!run) return 'unknown_run';
    if (message && !(await tx.inbox.firstTime(CONSUMER, message.id, run.workspaceId))) return 'duplicate';
    const { effects, state } = decideAll(run.state, event);
    const changes = effects.filter((effect) => effect.type !== 'ignored');
    if (changes.length < effects.length) this.log.debug({ runId, event: event.type, effects }, 'ignored');
    // Also where nothing changes: a late attempt has used tokens, too.
    await tx.runs.apply(run, changes, result);
    if (changes.length === 0) {
      // A cancelled generator reports its partial text after the run was told to stop: the text is kept all the same.
      if (result?.draft && 'attempt' in event) await tx.runs.keepDraft(run, result.stepId, event.attempt, result.draft);
      return { run, effects, rows: [], projectFacts: 0 };
    }
    const facts = runFacts(state, changes, storedText(result));
    const numbered = await tx.events.appendRun(runId, facts);
    const news = [...(await storeTasks(tx, run, state, changes, result)), ...(await runNews(tx, run, changes))];
    const numberedNews = await tx.events.appendProject(run.projectId, news);
    const rows = [
      ...numbered.map(({ n, body }) => factMessage(run.projectId, n, body, state)),
      ...numberedNews.map(({ n, body }) => projectFact(run.projectId, n, body)),
      ...commands(runId, changes),
    ].map(({ name, payload }): OutboxRow => {
      return {
        id: newId(),
        name,
        workspaceId: run.workspaceId,
        runId,
        causationId: message?.id ?? null,
        traceparent: message?.traceparent ?? null,
        payload,
        occurredAt: new Date(event.at).toISOString(),
      };
    });
    await tx.outbox.add(rows);
    return { run, effects, rows, projectFacts: news.length };
  }

  private async send(rows: readonly OutboxRow[]): Promise<void> {
    if (rows.length === 0) return;
    try {
      const done = await this.publisher.publish(rows);
      await this.database.outbox.delete(done);
    } catch (error) {
      this.log.warn({ err: error, rows: rows.length }, 'not published at once; the relay will');
    }
  }
}

function storedText(result: StepResult | undefined): StoredText | null {
  if (result?.content === undefined) return null;
  const sha256 = createHash('sha256').update(result.content, 'utf8').digest('hex');
  return { length: result.content.length, sha256 };
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

/** Commands that follow from a decision. `step.generate` is only named here; it is rendered when it is sent. */
function commands(runId: string, effects: readonly Effect[]): OutgoingMessage[] {
  return effects.flatMap((effect): OutgoingMessage[] => {
    if (effect.type === 'step_issued') {
      return [{ name: 'step.generate', payload: { step_id: effect.stepId, attempt: effect.attempt } }];
    }
    if (effect.type === 'stop_requested' && effect.steps.length > 0) {
      const steps = effect.steps.map(({ stepId, attempt }) => ({ step_id: stepId, attempt }));
      return [outgoing('step.cancel', { run_id: runId, steps })];
    }
    return [];
  });
}
