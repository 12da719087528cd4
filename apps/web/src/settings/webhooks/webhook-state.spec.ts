import { expect, it } from '@jest/globals';
import type { Delivery } from './webhook-state.js';
import { deliveryState, eventsWords, webhookState } from './webhook-state.js';

it.each([
  [{ enabled: true, disabled_reason: null, failing_since: null }, 'On', 'good'],
  [{ enabled: true, disabled_reason: null, failing_since: '2026-11-22T12:00:00.000Z' }, 'Failing', 'warn'],
  [{ enabled: false, disabled_reason: 'person' as const, failing_since: null }, 'Off', 'plain'],
  [{ enabled: false, disabled_reason: 'gone' as const, failing_since: null }, 'Off', 'bad'],
])('%j is %s', (hook, title, tone) => {
  expect(webhookState(hook)).toMatchObject({ title, tone });
});

const delivery = (more: Partial<Delivery>) =>
  ({ attempts: 1, last_status: null, last_error: null, ...more }) as Delivery;

it.each([
  [delivery({ status: 'delivered', last_status: 204 }), 'Delivered', 'answered 204'],
  [delivery({ status: 'waiting', attempts: 0 }), 'Waiting', null],
  [delivery({ status: 'waiting', last_error: 'No answer within 15 s.' }), 'Trying again', 'No answer within 15 s.'],
  [delivery({ status: 'failed', last_status: 500 }), 'Failed', 'answered 500'],
])('a delivery %#', (given, title, detail) => {
  expect(deliveryState(given)).toMatchObject({ title, detail });
});

it('says what a webhook is told of', () => {
  expect([eventsWords(['*']), eventsWords(['run.ended', 'task.moved'])]).toEqual([
    'everything',
    'run.ended, task.moved',
  ]);
});
