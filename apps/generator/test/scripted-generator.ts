import type { AnyMessage } from '@planwright/contracts';
import { makeMessage, runChannel } from '@planwright/contracts';
import { createInProcessLive } from '@planwright/live';
import type { Llm } from '../src/llm.js';
import { createInProcessPresence } from '@planwright/presence';
import { createLogger, newId, nowIso } from '@planwright/runtime';
import { ScriptedProvider } from '@planwright/testing';
import { GenerateStep } from '../src/steps/generate-step.js';
import type { GenerateStepParts } from '../src/steps/generate-step.js';
import { RunningSteps } from '../src/steps/running-steps.js';
import type { StepGenerate } from '../src/steps/step-facts.js';
import { testLlm, testReservations } from './test-llm.js';

const hash = 'a'.repeat(64);
export const hashes = { prompt: hash, template: hash, input: hash };

export function command(changes: Partial<StepGenerate['payload']> = {}): StepGenerate {
  const run_id = newId();
  const payload: StepGenerate['payload'] = {
    run_id,
    step_id: newId(),
    attempt: 1,
    class: 'interactive',
    project_id: newId(),
    document: 'prd',
    document_id: newId(),
    version_id: newId(),
    section_id: 'goals',
    title: 'Goals',
    output: 'markdown',
    words: { min: 10, target: 20, max: 30 },
    max_output_tokens: 500,
    timeout_ms: 60_000,
    provider: 'scripted',
    model: 'm-1',
    prompt: { system: [{ text: 'Write.' }], user: [{ text: 'toys', data: 'idea' }] },
    prefix: null,
    budget: null,
    hashes,
    lint: null,
    repair: null,
    ...changes,
  };
  const envelope = {
    id: newId(),
    occurred_at: nowIso(),
    workspace_id: newId(),
    run_id,
    causation_id: null,
    traceparent: null,
  };
  return makeMessage('step.generate', payload, envelope);
}

/** A generator on a scripted provider, with what it published and what followers saw. Its leases are its own by default. */
export function generator({
  llm = null,
  ...changes
}: Partial<Omit<GenerateStepParts, 'llm'>> & { llm?: Llm | null } = {}) {
  const facts: AnyMessage[] = [];
  const provider = new ScriptedProvider();
  const live = createInProcessLive();
  const running = new RunningSteps();
  const presence = createInProcessPresence();
  const models = llm ?? testLlm([provider]);
  const step = new GenerateStep({
    broker: {
      async publish(messages) {
        facts.push(...messages);
      },
    },
    live,
    presence,
    llm: models,
    reservations: testReservations(models),
    running,
    clock: { now: () => 0 },
    log: createLogger('test', 'silent'),
    ...changes,
  });
  const shown = async (runId: string) => {
    const { events } = await live.read(runChannel(runId), { after: 0, limit: 1000 });
    return {
      types: events.map(({ type }) => type),
      text: events.map((event) => (event.type === 'chunk' ? event.content : '')).join(''),
    };
  };
  return { step, facts, names: () => facts.map(({ name }) => name), provider, live, presence, running, shown };
}
