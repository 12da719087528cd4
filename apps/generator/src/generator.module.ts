import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Clock } from '@planwright/runtime';
import { systemClock } from '@planwright/runtime';
import type { Presence, Slots } from '@planwright/presence';
import type { Limiter } from '@planwright/limits';
import type { Llm } from './llm.js';
import { Reservations } from './reservations/reservations.js';
import { SlotAnnouncer } from './slot-announcer.js';
import type { GenerateStepParts } from './steps/generate-step.js';
import { GenerateStep } from './steps/generate-step.js';
import { StepMessages } from './steps/handlers.js';
import { RunningSteps } from './steps/running-steps.js';

/** What the generator stands on; `apps/standalone` passes the in-process adapters. */
export type GeneratorParts = Omit<GenerateStepParts, 'running' | 'clock' | 'presence' | 'reservations' | 'llm'> & {
  llm: Llm;
  limiter: Limiter;
  presence: Presence;
  /** What this process announces: `generatorSlots`. */
  slots: Slots;
  clock?: Clock;
};

/**
 * Sections from commands. A process calls `SlotAnnouncer.start` once it consumes its queues, and before it ends
 * `SlotAnnouncer.drain` and `RunningSteps.drain`.
 */
@Module({})
export class GeneratorModule {
  static register({ slots, limiter, ...parts }: GeneratorParts): DynamicModule {
    const running = new RunningSteps();
    const reservations = new Reservations({ limiter, llm: parts.llm, log: parts.log });
    return {
      module: GeneratorModule,
      controllers: [StepMessages],
      providers: [
        { provide: RunningSteps, useValue: running },
        { provide: GenerateStep, useValue: new GenerateStep({ clock: systemClock, ...parts, running, reservations }) },
        { provide: SlotAnnouncer, useValue: new SlotAnnouncer({ presence: parts.presence, slots, log: parts.log }) },
      ],
      exports: [RunningSteps, SlotAnnouncer],
    };
  }
}
