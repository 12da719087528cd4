import { createHash } from 'node:crypto';
import { featuresChannel, projectChannel, runChannel } from '@planwright/contracts';
import { UnavailableError } from '@planwright/messaging';
import { isUnavailable, numberFacts } from '@planwright/persistence';
import type {
  Change,
  Database,
  LockedRun,
  Numbered,
  OutboxRow,
  StepResult,
  StoredRunFact,
  Tx,
} from '@planwright/persistence';
import { INPUTS } from '@planwright/plan';
import type { Effect } from '@planwright/plan';
import type { Limiter } from '@planwright/limits';
import type { NumberedFact } from '@planwright/live';
import type { Presence } from '@planwright/presence';
import type { Logger } from '@planwright/runtime';
import type { Admission } from '../admission/admission.js';
import type { OutboxSender } from '../outbox/outbox-sender.js';
import { factMessage, runFacts, withText } from './facts.js';
import type { StoredText } from './facts.js';
import { Lanes } from './lanes.js';
import type { LiveFeed } from './live-feed.js';
import { commitBeyondRun } from './beyond-run.js';
import { rowOf, stops } from './outgoing.js';
import { takeTurns } from './take-turns.js';
import type { Happening, Turn } from './take-turns.js';

/** What became of a happening: the effects it had, or why it had none. */
export type Outcome = { effects: readonly Effect[] } | 'duplicate' | 'unknown_run';

interface Committed {
  run: LockedRun;
  outcomes: readonly Outcome[];
  /** What changed, over all. */
  changes: readonly Effect[];
  facts: readonly NumberedFact[];
  projectFacts: readonly NumberedFact[];
  /** Of the project's features. */
  featureFacts: readonly NumberedFact[];
  /** Messages somebody waits for: what has to stop, and runs that may start. */
  commands: readonly OutboxRow[];
  /** Messages that tell of the facts. */
  news: readonly OutboxRow[];
  /** Commands of steps that may go; null where that is not decided yet. */
  admitted: readonly OutboxRow[] | null;
}

/** Happenings of one run that are committed together, at most. */
const MAX_BATCH = 32;

/**
 * The shell around the state machine, the same for every event: lock the run, load, pass over what was seen, decide,
 * save steps, facts and outbox, let issued steps go on, commit; then show the facts live and send what was written.
 * What comes for a run while one of its transactions is under way is handled in the next one, together.
 *
 * Whatever fails after the commit is made up for: the relay sends, the notifier shows, admission runs again.
 */
export class AdvanceRun {
  private readonly lanes = new Lanes<Happening, { outcome: Outcome; followed: Promise<void> }>({
    work: (runId, happenings) => this.advance(runId, happenings),
    isEverybodys: (error) => error instanceof UnavailableError,
    most: MAX_BATCH,
  });

  constructor(
    private readonly parts: {
      database: Database;
      sender: OutboxSender;
      admission: Pick<Admission, 'atOnce' | 'issued' | 'freed'>;
      presence: Pick<Presence, 'stop'>;
      limiter: Pick<Limiter, 'leave'>;
      live: Pick<LiveFeed, 'show'>;
      log: Logger;
    },
  ) {}

  /**
   * Resolves when what follows from it is on its way. Throws `UnavailableError` while the database is away: nothing of
   * the happening is stored then.
   */
  async execute(happening: Happening): Promise<Outcome> {
    const { outcome, followed } = await this.lanes.do(happening.runId, happening);
    await followed;
    return outcome;
  }

  private async advance(runId: string, happenings: readonly Happening[]) {
    const { database, sender } = this.parts;
    let sent: readonly string[] = [];
    const takeSent = () => (sent = sender.takeSent());
    let committed: Committed | null = null;
    try {
      committed = await database.transaction((tx) => this.commit(tx, runId, happenings, takeSent));
    } catch (error) {
      throw isUnavailable(error) ? new UnavailableError('the database is away', { cause: error }) : error;
    } finally {
      if (!committed) sender.giveBack(sent);
    }
    const followed = committed ? this.follow(committed) : Promise.resolve();
    return happenings.map((_, i) => ({ outcome: committed?.outcomes[i] ?? ('unknown_run' as const), followed }));
  }

  /** What follows a commit. Whatever of it fails is made up for, so none of it is an error. */
  private async follow(committed: Committed): Promise<void> {
    const { run, changes, commands, news, admitted } = committed;
    if (changes.length === 0) return;
    const { sender, admission, live } = this.parts;
    const shown = live.show(runChannel(run.runId), committed.facts);
    const projectShown = live.show(projectChannel(run.projectId), committed.projectFacts);
    const featuresShown = live.show(featuresChannel(run.projectId), committed.featureFacts);
    const steps = hasIssued(changes) ? admission.issued(run.runId, shown, admitted) : admission.freed();
    // Nobody waits for the message of a fact, as followers have seen the fact: steps that can go at once go before it.
    const told = Promise.all([shown, projectShown, featuresShown, admitted && steps]).then(() => sender.send(news));
    await Promise.all([this.stop(changes), this.leave(changes), sender.send(commands), steps, told]);
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

  /** Steps that are cancelled or held for their inputs give their places on the limits to those behind them. */
  private async leave(effects: readonly Effect[]): Promise<void> {
    const gone = effects.flatMap((effect) => {
      const isHeld = effect.type === 'step_postponed' && effect.reason === INPUTS;
      return isHeld || effect.type === 'section_cancelled' ? [effect.stepId] : [];
    });
    // While the limits are away there is no line; later it is cleared as their places come to the front.
    if (gone.length > 0) await this.parts.limiter.leave(gone).catch(() => undefined);
  }

  /** Null when there is no such run. */
  private async commit(
    tx: Tx,
    runId: string,
    happenings: readonly Happening[],
    takeSent: () => readonly string[],
  ): Promise<Committed | null> {
    const messages = happenings.flatMap(({ message }) => message ?? []);
    const run = await tx.runs.lock(
      runId,
      messages.map(({ id }) => id),
    );
    if (!run) return null;
    const all = takeTurns(run, happenings);
    const turns = all.filter((turn) => turn !== null);
    const facts: Numbered<StoredRunFact>[] = [];
    const shown: NumberedFact[] = [];
    const commands: OutboxRow[] = [];
    const news: OutboxRow[] = [];
    for (const turn of turns) {
      const { happening, effects, changes, state } = turn;
      if (changes.length < effects.length) {
        this.parts.log.debug({ runId, event: happening.event.type, effects }, 'ignored');
      }
      const fresh = numberFacts(run, runFacts(state, changes, storedText(happening.result)), facts.length);
      facts.push(...fresh);
      shown.push(...fresh.map((fact) => withText(fact, happening.result)));
      news.push(...fresh.map(({ n, body }) => rowOf(run, turn, factMessage(run.projectId, n, body, state))));
      commands.push(...stops(runId, changes).map((message) => rowOf(run, turn, message)));
    }
    const handled = turns.flatMap(({ happening: { message } }) => message?.id ?? []);
    const rows = [...news, ...commands];
    await tx.runs.save(run, { changes: turns.map(changeOf), facts, messages: rows, handled, sent: takeSent() });
    await keepLateDrafts(tx, run, turns);
    const beyond = await commitBeyondRun(tx, run, turns);
    if (beyond.dropped.length > 0) {
      this.parts.log.info({ runId, dropped: beyond.dropped }, 'dependencies of cards were left out for people’s');
    }
    const changes = turns.flatMap((turn) => turn.changes);
    return {
      run,
      outcomes: all.map((turn) => (turn ? { effects: turn.effects } : 'duplicate')),
      changes,
      facts: shown,
      projectFacts: beyond.facts,
      featureFacts: beyond.featureFacts,
      commands: [...commands, ...beyond.starts],
      news: [...news, ...beyond.news],
      admitted: hasIssued(changes) ? await this.parts.admission.atOnce(tx) : null,
    };
  }
}

function hasIssued(changes: readonly Effect[]): boolean {
  return changes.some(({ type }) => type === 'step_issued');
}

/** Also where nothing changes: a late attempt has used tokens, too. */
function changeOf({ happening: { result, message }, changes }: Turn): Change {
  const cause = message ? { id: message.id, traceparent: message.traceparent } : undefined;
  return { effects: changes, result, cause };
}

/** A cancelled generator reports its partial text after the run was told to stop: the text is kept all the same. */
async function keepLateDrafts(tx: Tx, run: LockedRun, turns: readonly Turn[]): Promise<void> {
  for (const { happening, changes } of turns) {
    const { event, result } = happening;
    if (changes.length > 0 || !result?.draft || !('attempt' in event)) continue;
    await tx.runs.keepDraft(run, result.stepId, event.attempt, result.draft);
  }
}

function storedText(result: StepResult | undefined): StoredText | null {
  if (result?.content === undefined) return null;
  const sha256 = createHash('sha256').update(result.content, 'utf8').digest('hex');
  return { length: result.content.length, sha256 };
}
