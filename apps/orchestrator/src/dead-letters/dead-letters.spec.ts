import type { AnyMessage } from '@planwright/contracts';
import { blueprint, FAILURES, makeMessage } from '@planwright/contracts';
import { createInProcessBroker, ParkError, QUEUES, UnavailableError } from '@planwright/messaging';
import type { DeadLetter } from '@planwright/messaging';
import { decideAll, newRunState } from '@planwright/plan';
import { createLogger, newId } from '@planwright/runtime';
import { waitFor } from '@planwright/testing';
import type { Outcome } from '../runs/advance-run.js';
import type { Happening } from '../runs/take-turns.js';
import { DeadLetters } from './dead-letters.js';
import { lossOf } from './loss.js';

const log = createLogger('orchestrator', 'silent');
const clock = { now: () => 1_000 };
const fence = { run_id: newId(), step_id: newId(), attempt: 3 };
const envelope = () => ({
  ...{ id: newId(), occurred_at: new Date().toISOString(), workspace_id: newId() },
  ...{ run_id: fence.run_id, causation_id: null, traceparent: null },
});
const lost = (): AnyMessage => makeMessage('step.lost', fence, envelope());
const runStart = (): AnyMessage => makeMessage('run.start', { run_id: fence.run_id }, envelope());
const generate = (): AnyMessage =>
  makeMessage(
    'step.generate',
    {
      ...{ ...fence, class: 'interactive', project_id: newId(), document: 'prd', document_id: newId() },
      ...{ version_id: newId(), section_id: 'appendix', title: 'Appendix', output: 'markdown' },
      ...{ words: { min: 1, target: 2, max: 3 }, max_output_tokens: 10, timeout_ms: 1_000 },
      ...{ provider: 'offline', model: 'offline', prompt: { system: [], user: [] }, repair: null },
      hashes: { prompt: '0'.repeat(64), template: '0'.repeat(64), input: '0'.repeat(64) },
    },
    envelope(),
  );

function letter(message: AnyMessage | null, reason = 'no'): DeadLetter {
  const body = Buffer.from(message ? JSON.stringify(message) : '?');
  const id = message?.id ?? null;
  const parked = { handle: id ?? 'sha256:0', id, name: message?.name ?? null, queue: QUEUES.orchestrator };
  return { message, parked: { ...parked, reason, parkedAt: null, body } };
}

describe('what a dead letter means to its run', () => {
  it.each([
    ['a command', generate(), 'step.generate: no'],
    ['a fact', lost(), 'step.lost: no'],
  ])('the attempt has failed, of %s of a step', (_what, message, detail) => {
    expect(lossOf(letter(message), 7)).toEqual({
      runId: fence.run_id,
      event: {
        ...{ type: 'step_failed', at: 7, stepId: fence.step_id, attempt: 3, jitter: 0 },
        failure: { code: 'dead_lettered', detail, resets_at: null },
      },
    });
  });

  it.each([
    ['a run', runStart()],
    ['several steps', makeMessage('step.cancel', { run_id: fence.run_id, steps: [] }, envelope())],
    ['nobody knows what', null],
  ])('nothing, of %s', (_what, message) => expect(lossOf(letter(message), 7)).toBeNull());

  it("tells the broker's own reason in words", () => {
    const loss = lossOf(letter(lost(), 'delivery_limit'), 7);
    expect(loss?.event.failure.detail).toMatch(/^step\.lost: everyone who took it died with it/);
  });

  it('a failed step, at once and with advice, and only of this attempt', () => {
    const two = blueprint.parse({
      ...{ id: 'doc', version: 1, document: 'doc', title: 'Doc' },
      stages: [{ number: 1, mode: 'sequential', streamed: true, timeout_seconds: 60, sections: ['a'] }],
      sections: [
        {
          ...{ id: 'a', title: 'A', order: 1, prompt: 'doc.a', uses: [], max_output_tokens: 100 },
          words: { min: 1, target: 2, max: 3 },
        },
      ],
    });
    const documents = [{ documentId: newId(), versionId: newId(), blueprint: two }];
    const fresh = newRunState({ runId: fence.run_id, kind: 'plan', documents, newStepId: () => fence.step_id });
    const { state } = decideAll(fresh, { type: 'run_started', at: 0 });
    const failed = (attempt: number) => {
      const message = makeMessage('step.lost', { ...fence, attempt }, envelope());
      return decideAll(state, lossOf(letter(message), 7)?.event ?? { type: 'run_checked', at: 7 }).effects;
    };
    expect(failed(1)[0]).toMatchObject({
      type: 'section_failed',
      problem: { code: 'dead_lettered', detail: 'step.lost: no', advice: FAILURES.dead_lettered.advice },
    });
    expect(failed(2)).toMatchObject([{ type: 'ignored' }]);
  });
});

describe('DeadLetters', () => {
  const broker = createInProcessBroker({ log, retryPause: { firstMs: 1, maxMs: 5 } });
  afterAll(() => broker.close({ graceMs: 0 }));

  it('fails the step, waits while the database is away, and lets the message go to the parked ones', async () => {
    const told: Happening[] = [];
    let away = 3;
    const execute = async (happening: Happening): Promise<Outcome> => {
      if (away-- > 0) throw new UnavailableError('the database is away');
      told.push(happening);
      return { effects: [] };
    };
    const letters = new DeadLetters({ broker, advance: { execute }, clock, log });
    await letters.onApplicationBootstrap();
    const sent = [runStart(), lost()];
    const handle = (): Promise<void> => Promise.reject(new ParkError('no'));
    const consumer = await broker.consume({ queue: QUEUES.orchestrator, prefetch: 1, handle });
    await broker.publish(sent);
    await waitFor(() => broker.counters.deadLetters === 2, { what: 'both to be parked' });
    expect(told).toEqual([{ ...lossOf(letter(sent[1] ?? null), 1_000), message: null }]);
    expect((await broker.listParked()).messages.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));

    await letters.beforeApplicationShutdown();
    await broker.publish([lost()]);
    await waitFor(async () => (await broker.listParked()).waiting === 1, { what: 'a letter that waits' });
    expect(told).toHaveLength(1);
    await consumer.close();
  });
});
