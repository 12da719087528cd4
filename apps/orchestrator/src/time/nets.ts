import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Limiter } from '@planwright/limits';
import type { Database } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';
import type { Admission } from '../admission/admission.js';
import type { OutboxSender } from '../outbox/outbox-sender.js';
import type { Publisher } from '../outbox/publisher.js';
import { relay, RELAY_GRACE_MS } from '../outbox/relay.js';
import type { AdvanceRun } from '../runs/advance-run.js';
import { callUp } from './call-up.js';
import { wakeDueSteps } from './due-scanner.js';
import { Job } from './job.js';
import { startLoop } from './loop.js';
import type { Loop } from './loop.js';
import { AFTER_RESTART } from './sweeper.js';
import type { Sweeper } from './sweeper.js';

const PULSE_MS = 500;
const SWEEP_MS = 5_000;
const HOUR_MS = 3_600_000;
const ERROR_PAUSE_MS = 2_000;
const KEEP_INBOX = { days: 7 };

/**
 * The standing loops of every orchestrator: the pulse, which starts relay, due-scanner and admission when there is
 * something for them to do, and asks the limiter whom it has room for; the sweeper; retention. None is a leader, any number runs.
 */
@Injectable()
export class Nets implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private loops: Loop[] = [];
  private readonly jobs: { relay: Job; wake: Job; admit: Job; callUp: Job };

  constructor(
    private readonly parts: {
      database: Database;
      publisher: Publisher;
      sender: OutboxSender;
      advance: AdvanceRun;
      admission: Admission;
      limiter: Pick<Limiter, 'callable' | 'leave'>;
      sweeper: Sweeper;
      clock: Clock;
      log: Logger;
      /** True where broker and workers died with the last process, as in the standalone platform. */
      startsEmpty: boolean;
    },
  ) {
    const { database, publisher, advance, admission, clock, log } = parts;
    const job = (name: string, work: () => Promise<unknown>) =>
      new Job(work, (err) => log.error({ err, job: name }, 'round failed'));
    this.jobs = {
      relay: job('relay', () => relay(database, publisher)),
      wake: job('due-scanner', () => wakeDueSteps(database, advance, clock, log)),
      admit: job('admission', () => admission.admit()),
      callUp: job('call-up', () => callUp(parts)),
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    const { sweeper, log, startsEmpty } = this.parts;
    if (startsEmpty) await sweeper.sweep(AFTER_RESTART);
    const works: [string, () => Promise<number>, number?][] = [
      ['pulse', () => this.pulse()],
      // What waited for this process while it was away is handled first: it is not lost.
      ['sweeper', () => sweeper.sweep().then(() => SWEEP_MS), SWEEP_MS],
      ['retention', () => this.forgetOldMessages()],
    ];
    this.loops = works.map(([name, work, delayMs]) =>
      startLoop({
        work,
        delayMs,
        errorPauseMs: ERROR_PAUSE_MS,
        onError: (err) => log.error({ err, loop: name }, 'round failed'),
      }),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
    await Promise.all(Object.values(this.jobs).map((job) => job.idle()));
    await this.parts.sender.flush();
  }

  private async pulse(): Promise<number> {
    const { database, clock } = this.parts;
    const { outbox, due, waiting, dueInMs } = await database.read.pulse(clock.now(), { olderThanMs: RELAY_GRACE_MS });
    if (outbox) this.jobs.relay.start();
    if (due) this.jobs.wake.start();
    if (waiting) this.jobs.admit.start();
    this.jobs.callUp.start();
    // A step is woken at its instant, and not by the next beat after it.
    return Math.min(PULSE_MS, Math.ceil(dueInMs ?? PULSE_MS));
  }

  private async forgetOldMessages(): Promise<number> {
    await this.parts.database.transaction(async (tx) => {
      await tx.inbox.forget(KEEP_INBOX);
      await tx.idempotency.forget();
    });
    return HOUR_MS;
  }
}
