import type { AnyMessage } from '@planwright/contracts';
import { makeMessage } from '@planwright/contracts';
import { childTraceparent, newId, nowIso } from '@planwright/runtime';
import type { Clock } from '@planwright/runtime';
import type { CallOutcome } from '../provider-call/call-provider.js';

export type StepGenerate = Extract<AnyMessage, { name: 'step.generate' }>;
type FactName = 'step.started' | 'step.streaming' | 'step.generated' | 'step.failed' | 'step.cancelled' | 'step.lost';
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
    return this.make('step.streaming', this.fence);
  }

  generated({ content, model, usage }: Extract<CallOutcome, { kind: 'result' }>): AnyMessage {
    const { provider, hashes } = this.command.payload;
    return this.make('step.generated', {
      ...this.fence,
      content,
      provider,
      model,
      usage,
      hashes,
      finished_at: nowIso(this.clock),
    });
  }

  failed({ failure, draft, usage }: Omit<Extract<CallOutcome, { kind: 'failed' }>, 'kind'>): AnyMessage {
    return this.make('step.failed', { ...this.fence, failure, draft, usage });
  }

  cancelled({ draft, usage }: Omit<Extract<CallOutcome, { kind: 'stopped' }>, 'kind'>): AnyMessage {
    return this.make('step.cancelled', { ...this.fence, draft, usage });
  }

  lost(): AnyMessage {
    return this.make('step.lost', this.fence);
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
