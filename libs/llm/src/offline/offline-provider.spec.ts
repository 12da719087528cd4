import type { GenerateRequest, ProviderEvent } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import fc from 'fast-check';
import { wordChunks } from './chunks.js';
import { createOfflineProvider, writeOffline } from './offline-provider.js';

const request: GenerateRequest = {
  prompt: { system: [{ text: 'Write.' }], user: [{ text: 'A library for toys', data: 'idea' }] },
  model: 'offline-1',
  output: 'markdown',
  words: { min: 100, target: 180, max: 300 },
  maxOutputTokens: 1_200,
  title: 'Problem Statement',
  document: 'prd',
  sectionId: 'problem_statement',
  prefix: null,
  repair: null,
};

async function all(
  provider: ReturnType<typeof createOfflineProvider>,
  signal = new AbortController().signal,
): Promise<ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  for await (const event of provider.stream(request, signal)) events.push(event);
  return events;
}

describe('createOfflineProvider', () => {
  it('streams pieces of a word or two that join to the text, then says that it finished', async () => {
    const events = await all(createOfflineProvider({ firstChunkMs: 0, chunkMs: 0 }));
    const last = events.pop();
    const pieces = events.map((event) => (event.type === 'content' ? event.text : ''));
    expect(pieces.join('')).toBe(writeOffline(request));
    expect(pieces.length).toBeGreaterThan(50);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(40);
    expect(last).toEqual({
      type: 'finished',
      finish: 'stop',
      model: 'offline-1',
      usage: plainUsage(6, Math.ceil(pieces.join('').length / 4), true),
    });
  });

  it('gives the same bytes for the same prompt', async () => {
    const provider = createOfflineProvider({ firstChunkMs: 0, chunkMs: 0 });
    expect(await all(provider)).toEqual(await all(provider));
  });

  it('lets other work through even when it writes as fast as it can', async () => {
    let turns = 0;
    const turn = () => (turns++ < 10_000 ? (handle = setImmediate(turn)) : undefined);
    let handle = setImmediate(turn) as NodeJS.Immediate | undefined;
    await all(createOfflineProvider({ firstChunkMs: 0, chunkMs: 0 }));
    clearImmediate(handle);
    expect(turns).toBeGreaterThan(5);
  });

  it.each([
    ['before the first words', { firstChunkMs: 60_000, chunkMs: 0 }],
    ['between two pieces', { firstChunkMs: 0, chunkMs: 60_000 }],
    ['at full speed', { firstChunkMs: 0, chunkMs: 0 }],
  ])('stops at once when aborted %s', async (_, timing) => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    let seen = 0;
    const reading = (async () => {
      for await (const event of createOfflineProvider(timing).stream(request, controller.signal))
        if (event.type === 'content') seen++;
    })();
    setImmediate(() => controller.abort(reason));
    await expect(reading).rejects.toThrow();
    expect(seen).toBeLessThan(50);
  });

  it('writes nothing for a request that is aborted already', async () => {
    await expect(
      all(createOfflineProvider({ firstChunkMs: 0, chunkMs: 0 }), AbortSignal.abort(new Error('before'))),
    ).rejects.toThrow('before');
  });
});

describe('wordChunks', () => {
  it('cuts any text into well-formed pieces that join to it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const pieces = [...wordChunks(text)];
        expect(pieces.join('')).toBe(text);
        expect(pieces.every((piece) => piece !== '' && piece.isWellFormed())).toBe(true);
      }),
    );
  });
});
