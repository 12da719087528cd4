import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Broker, Consumer, DeadLetter } from '@planwright/messaging';
import type { Clock, Logger } from '@planwright/runtime';
import type { AdvanceRun } from '../runs/advance-run.js';
import { lossOf } from './loss.js';

/** Closing waits this long for the letters in hand; the rest comes back to whoever is there next. */
const GRACE_MS = 5_000;

/**
 * Takes what no handler could take. A message of a step makes that step a failed one that says so, fenced as its own
 * result would have been; commands of whole runs and what can't be read are only told to the log, as the sweeper derives
 * from the rows what they were for. The broker then keeps the message among the parked ones, for a person.
 */
@Injectable()
export class DeadLetters implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private consumer: Consumer | null = null;

  constructor(
    private readonly parts: {
      broker: Pick<Broker, 'consumeDead'>;
      advance: Pick<AdvanceRun, 'execute'>;
      clock: Clock;
      log: Logger;
    },
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.consumer = await this.parts.broker.consumeDead({ handle: (letter) => this.handle(letter) });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer?.close({ graceMs: GRACE_MS });
  }

  /** Throws `UnavailableError` while the database is away: the letter waits. */
  async handle(letter: DeadLetter): Promise<void> {
    const { advance, clock, log } = this.parts;
    const { id, name, queue, reason } = letter.parked;
    const loss = lossOf(letter, clock.now());
    if (!loss) {
      log.error({ id, name, queue, reason }, 'a dead letter, of no step');
      return;
    }
    const { runId, event } = loss;
    const outcome = await advance.execute({ runId, event, message: null });
    const { stepId, attempt } = event;
    log.error({ id, name, queue, reason, runId, stepId, attempt, outcome }, 'a dead letter of a step');
  }
}
