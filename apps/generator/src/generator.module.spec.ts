import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { AnyMessage } from '@planwright/contracts';
import { makeMessage } from '@planwright/contracts';
import { createInProcessLive } from '@planwright/live';
import { createInProcessBroker, PlanwrightTransport, QUEUES } from '@planwright/messaging';
import { createInProcessPresence } from '@planwright/presence';
import { createLogger, newId, nowIso, readConfig } from '@planwright/runtime';
import { ScriptedProvider, waitFor } from '@planwright/testing';
import { z } from 'zod';
import { configSchema, generatorFields, generatorMessages, generatorSlots } from './config.js';
import { GeneratorModule } from './generator.module.js';
import { SlotAnnouncer } from './slot-announcer.js';
import { RunningSteps } from './steps/running-steps.js';
import { createInProcessLimiter } from '@planwright/limits';
import { testLlm } from '../test/test-llm.js';

const hash = 'a'.repeat(64);
const ids = { run_id: newId(), version_id: newId(), project_id: newId() };
const envelope = () => ({
  id: newId(),
  occurred_at: nowIso(),
  workspace_id: newId(),
  run_id: ids.run_id,
  causation_id: null,
  traceparent: null,
});

function generate(
  step_id: string,
  stepClass: 'interactive' | 'background' | 'features',
  section_id = 'goals',
): AnyMessage {
  return makeMessage(
    'step.generate',
    {
      ...ids,
      // Every command writes a section of its own: two writers of one would fence each other.
      document_id: newId(),
      step_id,
      attempt: 1,
      class: stepClass,
      document: 'prd',
      section_id,
      title: 'Goals',
      output: 'markdown',
      words: { min: 10, target: 20, max: 30 },
      max_output_tokens: 500,
      timeout_ms: 60_000,
      provider: 'scripted',
      model: 'm-1',
      prompt: { system: [], user: [{ text: 'toys', data: 'idea' }] },
      hashes: { prompt: hash, template: hash, input: hash },
      repair: null,
    },
    envelope(),
  );
}

/** The generator in Nest over the in-process broker, and the facts the orchestrator would get. */
async function start() {
  const log = createLogger('test', 'silent');
  const broker = createInProcessBroker({ log });
  const provider = new ScriptedProvider();
  const presence = createInProcessPresence();
  const facts: AnyMessage[] = [];
  await broker.consume({ queue: QUEUES.orchestrator, prefetch: 10, handle: async (fact) => void facts.push(fact) });
  const config = readConfig(z.object(generatorFields), { GENERATOR_CONCURRENCY: '2' });
  const app = await NestFactory.createMicroservice(
    GeneratorModule.register({
      broker,
      live: createInProcessLive(),
      presence,
      slots: generatorSlots(config),
      llm: testLlm([provider]),
      limiter: createInProcessLimiter(),
      log,
    }),
    { logger: false, strategy: new PlanwrightTransport({ broker, ...generatorMessages(config) }) },
  );
  await app.listen();
  const stop = async () => {
    await app.close();
    await broker.close({ graceMs: 1_000 });
  };
  return {
    app,
    broker,
    provider,
    presence,
    facts,
    stop,
    of: (stepId: string) =>
      facts.filter(({ payload }) => 'step_id' in payload && payload.step_id === stepId).map(({ name }) => name),
  };
}

describe('GeneratorModule', () => {
  let running: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    running = await start();
  });
  afterEach(() => running.stop());

  it.each(['interactive', 'background', 'features'] as const)('serves the queue of %s steps', async (stepClass) => {
    const step = newId();
    await running.broker.publish([generate(step, stepClass)]);
    await waitFor(() => running.of(step).at(-1) === 'step.generated', { what: 'the result' });
    expect(running.of(step)).toEqual(['step.started', 'step.streaming', 'step.generated']);
  });

  it('stops a step that is cancelled by broadcast', async () => {
    const step = newId();
    running.provider.script('goals', { chunks: ['Text'], end: 'hang' });
    await running.broker.publish([generate(step, 'interactive')]);
    await waitFor(() => running.of(step).includes('step.streaming'), { what: 'the first text' });
    await running.broker.publish([
      makeMessage('step.cancel', { run_id: ids.run_id, steps: [{ step_id: step, attempt: 1 }] }, envelope()),
    ]);
    await waitFor(() => running.of(step).at(-1) === 'step.cancelled', { what: 'the end' });
  });

  it('works on as many steps of a queue as it is told to', async () => {
    running.provider.script('held', { holdAfter: 0 });
    await running.broker.publish([1, 2, 3].map(() => generate(newId(), 'background', 'held')));
    await waitFor(() => running.provider.calls.filter(({ state }) => state === 'held').length === 2, {
      what: 'two calls',
    });
    expect(running.app.get(RunningSteps).size).toBe(2);
    expect(running.provider.calls).toHaveLength(2);
    running.provider.script('held', {});
    running.provider.release('held');
    await waitFor(() => running.facts.filter(({ name }) => name === 'step.generated').length === 3, {
      what: 'all three',
    });
  });

  it('announces its slots while it takes work, none while it drains, and stops telling with its end', async () => {
    const slots = running.app.get(SlotAnnouncer);
    expect(await running.presence.slots()).toBeNull();
    slots.start();
    await waitFor(() => running.presence.slots(), { what: 'the slots' });
    expect(await running.presence.slots()).toEqual({ interactive: 2, background: 2, features: 2 });
    slots.drain();
    expect(await running.presence.slots()).toEqual({ interactive: 0, background: 0, features: 0 });
    let ended = false;
    const end = slots.onApplicationShutdown.bind(slots);
    slots.onApplicationShutdown = () => {
      ended = true;
      end();
    };
    await running.app.close();
    expect(ended).toBe(true);
  });

  it('gives back what it cannot finish when it drains', async () => {
    const step = newId();
    running.provider.script('goals', { chunks: ['Text'], end: 'hang' });
    await running.broker.publish([generate(step, 'interactive')]);
    await waitFor(() => running.of(step).includes('step.streaming'), { what: 'the first text' });
    await Promise.all([running.app.get(RunningSteps).drain(10), running.app.close()]);
    await waitFor(() => running.of(step).at(-1) === 'step.lost', { what: 'step.lost' });
  });
});

describe('the environment', () => {
  const needed = { RABBITMQ_URL: 'amqp://127.0.0.1', REDIS_URL: 'redis://127.0.0.1' };

  it('has the defaults of the documentation', () => {
    expect(readConfig(configSchema, needed)).toMatchObject({
      PORT: 3003,
      GENERATOR_CONCURRENCY: 16,
      GENERATOR_QUEUES: ['interactive', 'background', 'features'],
      PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: 300,
      PLANWRIGHT_OFFLINE_CHUNK_MS: 20,
    });
  });

  it('serves the queues it is told to', () => {
    const config = readConfig(configSchema, { ...needed, GENERATOR_QUEUES: 'features', GENERATOR_CONCURRENCY: '3' });
    expect(generatorMessages(config).consume).toEqual([{ queue: 'generator.features.v1', prefetch: 3 }]);
    expect(generatorSlots(config)).toEqual({ interactive: 0, background: 0, features: 3 });
  });

  it('says all that is missing or wrong', () => {
    expect(() => readConfig(configSchema, { GENERATOR_QUEUES: 'fast' })).toThrow(/^3 problems/);
  });
});
