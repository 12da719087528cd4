import type { AnyMessage } from '@planwright/contracts';
import { makeMessage } from '@planwright/contracts';
import { childTraceparent, newId, nowIso } from '@planwright/runtime';
import type { Clock } from '@planwright/runtime';
import type { StepOutcome } from './make-calls.js';

export type StepGenerate = Extract<AnyMessage, { name: 'step.generate' }>;
type FactName =
  | 'step.started'
  | 'step.streaming'
  | 'step.generated'
  | 'step.delayed'
  | 'step.failed'
  | 'step.cancelled'
  | 'step.lost';
type Outcome<K extends StepOutcome['kind']> = Omit<Extract<StepOutcome, { kind: K }>, 'kind'>;
type Payload<N extends FactName> = Parameters<typeof makeMessage<N>>[1];

/** Writes the facts about one command: its fence, its trace and its cause are the same in all of them. */
export class StepFacts {
  constructor(
    private readonly command: StepGenerate,
    private readonly clock: Clock,
  ) {}

  started(): AnyMessage {
    return this.make('step.started', { ...this.fence, started_at: nowIso(this.clock) });
  }

  streaming(): AnyMessage {
    return this.make('step.streaming', { ...this.fence, awaited: this.command.payload.prefix !== null });
  }

  generated({ calls, warnings, ...result }: Outcome<'result'>): AnyMessage {
    const { hashes } = this.command.payload;
    const finished_at = nowIso(this.clock);
    const told = { calls: [...calls], warnings: [...warnings] };
    return this.make('step.generated', { ...this.fence, ...result, ...told, hashes, finished_at });
  }

  /** Waits are measured, instants are told: the engine wakes the step by its own clock. */
  delayed({ waitMs, calls, ...delayed }: Outcome<'delayed'>): AnyMessage {
    const next_attempt_at = new Date(this.clock.now() + waitMs).toISOString();
    return this.make('step.delayed', { ...this.fence, ...delayed, next_attempt_at, calls: [...calls] });
  }

  failed({ calls, ...failed }: Outcome<'failed'>): AnyMessage {
    return this.make('step.failed', { ...this.fence, ...failed, calls: [...calls] });
  }

  cancelled({ calls, ...stopped }: Outcome<'stopped'>): AnyMessage {
    return this.make('step.cancelled', { ...this.fence, ...stopped, calls: [...calls] });
  }

  /** `stopped`: where it was begun here. */
  lost(stopped?: Outcome<'stopped'>): AnyMessage {
    const { usage = null, calls = [] } = stopped ?? {};
    return this.make('step.lost', { ...this.fence, usage, calls: [...calls] });
  }

  private get fence() {
    const { run_id, step_id, attempt } = this.command.payload;
    return { run_id, step_id, attempt };
  }

  private make<N extends FactName>(name: N, payload: Payload<N>): AnyMessage {
    return makeMessage(name, payload, {
      id: newId(),
      occurred_at: nowIso(this.clock),
      workspace_id: this.command.workspace_id,
      run_id: this.command.run_id,
      causation_id: this.command.id,
      traceparent: childTraceparent(this.command.traceparent),
    });
  }
}
