import type { GenerateRequest, ProviderEvent } from '@planwright/contracts';
import { waitFor } from '../wait-for.js';
import { startProviderLedger, type LedgerAnswer, type ProviderLedger } from './provider-ledger.js';
import { RemoteProvider } from './remote-provider.js';

const plain: LedgerAnswer = { chunks: ['one ', 'two'], firstDelayMs: 0, delayMs: 0, end: 'stop' };
let answer = plain;
let ledger: ProviderLedger;

beforeEach(async () => {
  answer = plain;
  ledger = await startProviderLedger(() => answer);
});

afterEach(() => ledger.close());

const request: GenerateRequest = {
  prompt: { system: [{ text: 'Write.' }], user: [{ text: 'About ' }, { text: 'tools' }] },
  model: 'any',
  output: 'markdown',
  words: { min: 1, target: 2, max: 3 },
  maxOutputTokens: 100,
  title: 'Goals',
  document: 'prd',
  sectionId: 'goals',
  repair: { code: 'truncated', detail: '' },
  prefix: null,
};

const told = (event: ProviderEvent) =>
  event.type === 'content' ? event.text : event.type === 'finished' ? event.finish : null;

async function listen(signal = new AbortController().signal, on: (event: ProviderEvent) => void = () => undefined) {
  const provider = new RemoteProvider({ url: ledger.url, caller: 'generator-1' });
  const events: ProviderEvent[] = [];
  for await (const event of provider.stream(request, signal)) {
    events.push(event);
    on(event);
  }
  return events;
}

test('a finished call arrives chunk by chunk with its end mark, and is in the books', async () => {
  const events = await listen();
  expect(events.map(told)).toEqual(['one ', 'two', 'stop']);
  const { startedAt, endedAt, ...call } = ledger.calls[0]!;
  expect(call).toEqual({
    ...{ number: 1, caller: 'generator-1', document: 'prd', sectionId: 'goals', prompt: 'About tools' },
    ...{ repair: 'truncated', text: 'one two', state: 'finished', failure: null },
  });
  expect(endedAt).toBeGreaterThanOrEqual(startedAt);
});

test.each([
  [
    'a refusal',
    { end: { code: 'rate_limited', detail: 'wait', resets_at: '2026-01-01T00:00:00.000Z' } },
    'rate_limited',
  ],
  ['a broken stream', { end: 'cut' }, 'connection'],
  ['a line nobody can read', { end: 'garbage' }, 'malformed'],
] as const)('%s is a failure of the provider, and is in the books', async (_, how, code) => {
  answer = { ...plain, ...how };
  await expect(listen()).rejects.toMatchObject({ failure: { code } });
  expect(ledger.calls[0]).toMatchObject({ state: 'failed', failure: typeof how.end === 'object' ? code : how.end });
});

test('a caller that leaves has its call in the books as cut, with what it was sent', async () => {
  answer = { ...plain, chunks: ['one ', 'two ', 'three'], delayMs: 60_000 };
  const caller = new AbortController();
  await expect(listen(caller.signal, () => caller.abort())).rejects.toThrow();
  await waitFor(() => ledger.calls[0]?.state === 'cut', { what: 'the call to be cut' });
  expect(ledger.calls[0]?.text).toBe('one ');
});
