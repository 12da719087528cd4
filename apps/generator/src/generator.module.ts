import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Clock } from '@planwright/runtime';
import { systemClock } from '@planwright/runtime';
import type { GenerateStepParts } from './steps/generate-step.js';
import { GenerateStep } from './steps/generate-step.js';
import { StepMessages } from './steps/handlers.js';
import { RunningSteps } from './steps/running-steps.js';

/** What the generator stands on; `apps/standalone` passes the in-process adapters. */
export type GeneratorParts = Omit<GenerateStepParts, 'running' | 'clock'> & { clock?: Clock };

/** Sections from commands. What a process must do before it ends is `RunningSteps.drain`. */
@Module({})
export class GeneratorModule {
  static register(parts: GeneratorParts): DynamicModule {
    const running = new RunningSteps();
    return {
      module: GeneratorModule,
      controllers: [StepMessages],
      providers: [
        { provide: RunningSteps, useValue: running },
        { provide: GenerateStep, useValue: new GenerateStep({ clock: systemClock, ...parts, running }) },
      ],
      exports: [RunningSteps],
    };
  }
}
