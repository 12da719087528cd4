import 'reflect-metadata';
import type { AnyMessage } from '@planwright/contracts';
import { createLogger } from '@planwright/runtime';
import { waitFor } from '@planwright/testing';
import type { INestMicroservice, Type } from '@nestjs/common';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { gate, message, recording, runStart } from './broker.contract.js';
import { ParkError } from './broker.js';
import { HandleMessage } from './handle-message.js';
import { createInProcessBroker } from './in-process/in-process-broker.js';
import { QUEUES } from './topology.js';
import { DeliveryContext, PlanwrightTransport } from './transport.js';
import type { PlanwrightTransportOptions } from './transport.js';

const log = createLogger('test', 'silent');
const { seen, deliveries, handle } = recording(() => behave());
let behave: () => Promise<void> | void;

@Controller()
class GeneratorMessages {
  @HandleMessage('step.generate')
  async generate(@Payload() received: AnyMessage, @Ctx() context: DeliveryContext): Promise<void> {
    await handle(received, context.getDelivery());
  }

  @HandleMessage('step.cancel')
  async cancel(@Payload() received: AnyMessage, @Ctx() context: DeliveryContext): Promise<void> {
    await handle(received, context.getDelivery());
  }
}

@Controller()
class MoreMessages {
  @HandleMessage('step.generate')
  again(): void {}

  @EventPattern<string>('run.start')
  never(): void {}
}

@Controller()
class OnlyGenerate {
  @EventPattern<string>('step.generate')
  generate(): void {}
}

describe('PlanwrightTransport', () => {
  const broker = createInProcessBroker({ log, retryPause: { firstMs: 1, maxMs: 5 } });
  let app: INestMicroservice | undefined;
  const start = async (controllers: Type[], options: Partial<PlanwrightTransportOptions> = {}): Promise<void> => {
    class App {}
    Module({ controllers })(App);
    const strategy = new PlanwrightTransport({
      broker,
      consume: [{ queue: QUEUES.generatorInteractive, prefetch: 1 }],
      subscribe: ['step.cancel'],
      ...options,
    });
    app = await NestFactory.createMicroservice(App, { strategy, logger: false, abortOnError: false });
    await app.listen();
  };
  const inject = (received: AnyMessage): void =>
    broker.inject(QUEUES.generatorInteractive, Buffer.from(JSON.stringify(received)));

  beforeAll(() => broker.consumeDead({ handle: async () => undefined }));
  beforeEach(() => {
    behave = () => undefined;
    seen.length = 0;
    deliveries.length = 0;
  });
  afterEach(() => app?.close());
  afterAll(() => broker.close({ graceMs: 0 }));

  it('hands the whole message and its delivery to the handler of its name', async () => {
    await start([GeneratorMessages]);
    const cancel = message('step.cancel', { run_id: runStart().id, steps: [] });
    await broker.publish([cancel]);
    await waitFor(() => seen.length === 1, { what: 'the broadcast' });
    expect(seen).toEqual([cancel.id]);
    expect(deliveries).toEqual([{ queue: 'subscription', redelivered: false, deliveries: 1 }]);
  });

  const generate = (): AnyMessage =>
    message('step.generate', {
      ...{ run_id: runStart().id, step_id: runStart().id, attempt: 1, class: 'interactive', project_id: runStart().id },
      ...{ document: 'prd', document_id: runStart().id, version_id: runStart().id, section_id: 'appendix' },
      ...{ title: 'Appendix', output: 'markdown', words: { min: 1, target: 2, max: 3 }, max_output_tokens: 10 },
      ...{ timeout_ms: 1_000, provider: 'offline', model: 'offline', prompt: { system: [], user: [] }, repair: null },
      hashes: { prompt: '0'.repeat(64), template: '0'.repeat(64), input: '0'.repeat(64) },
    });

  it('lets the broker see how a handler ended: failed, so again; parked, so with its reason', async () => {
    await start([GeneratorMessages]);
    behave = () => {
      if (seen.length < 3) throw new Error('not yet');
      throw new ParkError('never');
    };
    const sent = generate();
    await broker.publish([sent]);
    await waitFor(async () => (await broker.listParked()).total === 1, { what: 'the message to be parked' });
    expect(deliveries.map((each) => each.deliveries)).toEqual([1, 2, 3]);
    expect((await broker.listParked()).messages[0]).toMatchObject({ id: sent.id, reason: 'never' });
  });

  it('parks a message it has no handler for', async () => {
    await start([GeneratorMessages]);
    inject(runStart());
    const parked = await waitFor(async () => (await broker.listParked()).messages[1], {
      what: 'the message to be parked',
    });
    expect(parked.reason).toBe('no handler for run.start');
  });

  it('waits for handlers when it closes, and leaves the broker open', async () => {
    await start([GeneratorMessages]);
    const door = gate();
    behave = () => door.passed;
    const handled = broker.counters.handled;
    await broker.publish([generate()]);
    await waitFor(() => seen.length === 1, { what: 'the message in work' });
    const closed = app?.close();
    door.open();
    await closed;
    expect(broker.counters.handled).toBe(handled + 1);
    await broker.health();
  });

  it.each<[string, Type[], Partial<PlanwrightTransportOptions>, RegExp]>([
    [
      'a message without handler',
      [OnlyGenerate],
      {},
      /step\.cancel has no handler: add a method with @HandleMessage\('step\.cancel'\)/,
    ],
    ['two handlers of one message', [OnlyGenerate, MoreMessages], {}, /step\.generate has more than one handler/],
    ['a handler that is never called', [OnlyGenerate, MoreMessages], {}, /the handler of run\.start is never called/],
    [
      'a name given that has no handler',
      [OnlyGenerate],
      { subscribe: [], messages: ['step.lost'] },
      /step\.lost has no handler/,
    ],
  ])('does not start with %s', async (_what, controllers, options, problem) => {
    await expect(start(controllers, options)).rejects.toThrow(problem);
  });
});
