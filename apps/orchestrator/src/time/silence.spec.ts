import type { SilentStep } from '@planwright/persistence';
import { judgeSilence } from './silence.js';
import type { Look } from './silence.js';

const patience = { stepMs: 5_000, queuedMs: 20_000, settledMs: 20_000, blindMs: 120_000 };
const step = (more: Partial<SilentStep> = {}): SilentStep => ({
  workspaceId: 'w',
  runId: 'r',
  stepId: 's',
  attempt: 2,
  status: 'running',
  overdue: false,
  silentMs: 6_000,
  ...more,
});
const look = (one: SilentStep, more: Partial<Look> = {}) =>
  judgeSilence({ silent: [one], signs: ['none'], behind: false, suspects: new Set(), patience, ...more });
const isLost = (...of: Parameters<typeof look>) => look(...of).lost.length === 1;

it('misses a worker at the second look, as its lease may be late', () => {
  const first = look(step());
  expect(first.lost).toEqual([]);
  expect(isLost(step(), { suspects: first.suspects })).toBe(true);
  // Another attempt of the same step is another matter.
  expect(isLost(step({ attempt: 3 }), { suspects: first.suspects })).toBe(false);
});

it.each<[string, boolean, Partial<SilentStep>, Partial<Look>]>([
  ['a lease that is alive', false, { silentMs: 119_000 }, { signs: ['held'], suspects: new Set(['s/2']) }],
  ['a lease that is alive long after the deadline', true, { silentMs: 121_000, overdue: true }, { signs: ['held'] }],
  ['a command that may still be taken', false, { status: 'queued', silentMs: 19_000 }, {}],
  ['a command that nobody took', true, { status: 'queued', silentMs: 20_000 }, {}],
  ['a command that was taken, its fact on the way', false, { status: 'queued', silentMs: 60_000 }, { signs: ['held'] }],
  ['an end that was told just now', false, { silentMs: 19_000 }, { signs: ['settled'], suspects: new Set(['s/2']) }],
  ['an end that was told and never came', true, { silentMs: 20_000 }, { signs: ['settled'] }],
  ['facts that wait in our own queue', false, { silentMs: 60_000 }, { behind: true, suspects: new Set(['s/2']) }],
  ['facts that wait far too long', true, { status: 'queued', silentMs: 120_000 }, { behind: true }],
  ['no leases to be read', false, { silentMs: 60_000 }, { signs: null, suspects: new Set(['s/2']) }],
  ['no leases to be read, after its deadline', true, { silentMs: 120_000, overdue: true }, { signs: null }],
])('%s: lost %s', (_, lost, of, more) => {
  expect(isLost(step(of), more)).toBe(lost);
});

it('takes everything for lost where nothing survives a restart', () => {
  const nothing = { stepMs: 0, queuedMs: 0, settledMs: 0, blindMs: 0 };
  for (const status of ['queued', 'running'] as const) {
    expect(isLost(step({ status, silentMs: 1 }), { patience: nothing })).toBe(true);
  }
});
