import { Controller, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { MessageName } from '@planwright/contracts';
import { PassErrors } from '@planwright/messaging';
import { AdvanceRun } from './advance-run.js';
import { Lag } from './lag.js';
import { eventOf, resultOf } from './events.js';
import type { RunMessage } from './events.js';

/** The messages of the orchestrator's queue. One shell serves them all: what each means is decided by `libs/plan`. */
const RUN_MESSAGES = [
  'run.start',
  'run.cancel',
  'step.started',
  'step.streaming',
  'step.generated',
  'step.delayed',
  'step.failed',
  'step.cancelled',
  'step.lost',
] as const satisfies MessageName[];

@Controller()
@UseFilters(PassErrors)
export class RunMessages {
  constructor(
    private readonly advance: AdvanceRun,
    private readonly lag: Lag,
  ) {}

  @EventPattern(RUN_MESSAGES)
  async receive(@Payload() message: RunMessage): Promise<void> {
    this.lag.took(message.occurred_at);
    // That it is being written is known since it was started: only who waits for its first text has to be told.
    if (message.name === 'step.streaming' && !message.payload.awaited) return;
    const event = eventOf(message, Date.now(), Math.random());
    await this.advance.execute({ runId: message.payload.run_id, event, result: resultOf(message), message });
  }
}
