import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { AnyMessage } from '@planwright/contracts';
import { DeliveryContext, HandleMessage } from '@planwright/messaging';
import { GenerateStep } from './generate-step.js';
import { RunningSteps } from './running-steps.js';
import type { StepGenerate } from './step-facts.js';

type StepCancel = Extract<AnyMessage, { name: 'step.cancel' }>;

/** The messages of a generator: one command from its queues, one broadcast. */
@Controller()
export class StepMessages {
  constructor(
    private readonly generateStep: GenerateStep,
    private readonly running: RunningSteps,
  ) {}

  @HandleMessage('step.generate')
  async generate(@Payload() message: StepGenerate, @Ctx() context: DeliveryContext): Promise<void> {
    await this.generateStep.execute(message, context.getDelivery());
  }

  @HandleMessage('step.cancel')
  cancel(@Payload() message: StepCancel): void {
    this.running.cancel(message.payload.steps.map(({ step_id, attempt }) => ({ stepId: step_id, attempt })));
  }
}
