import type { GenerateRequest, ProviderEvent } from '@planwright/contracts';
import { parseTaskDrafts } from '@planwright/contracts';
import { waitFor } from '../wait-for.js';
import { ScriptedProviderClient } from './control-client.js';
import { serveScriptedProvider } from './control-server.js';
import { ScriptedProvider } from './scripted-provider.js';

function request(sectionId: string, output: GenerateRequest['output'] = 'markdown'): GenerateRequest {
  return {
    prompt: { system: [{ text: 'Write.' }], user: [{ text: 'Idea: ' }, { text: 'toys', data: 'idea' }] },
    model: 'm',
    output,
    words: { min: 1, target: 2, max: 3 },
    maxOutputTokens: 100,
    title: 'Goals',
    document: 'prd',
    sectionId,
    repair: null,
    prefix: null,
  };
}

async function read(provider: ScriptedProvider, sectionId: string, signal = new AbortController().signal) {
  const events: ProviderEvent[] = [];
  let error: unknown;
  try {
    for await (const event of provider.stream(request(sectionId), signal)) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  const text = events.map((event) => (event.type === 'content' ? event.text : '')).join('');
  return { text, last: events.at(-1), error };
}

/** The server closes however the test ends: an open one would keep the test run alive. */
async function closing(starting: ReturnType<typeof serveScriptedProvider>) {
  const server = await starting;
  return { ...server, [Symbol.asyncDispose]: () => server.close() };
}

describe('ScriptedProvider', () => {
  it('writes something finished where nothing is scripted', async () => {
    const provider = new ScriptedProvider();
    expect(await read(provider, 'goals')).toMatchObject({
      text: expect.stringContaining('Text of goals'),
      last: { finish: 'stop' },
    });
    let tasks = '';
    for await (const event of provider.stream(request('tasks', 'tasks'), new AbortController().signal)) {
      if (event.type === 'content') tasks += event.text;
    }
    expect(parseTaskDrafts(tasks)).toMatchObject({ ok: true });
  });

  it('plays one script per call and keeps the last', async () => {
    const provider = new ScriptedProvider();
    provider.script(
      'goals',
      { text: 'half a text', pieces: 1, end: 'silence' },
      { end: { code: 'overloaded', detail: 'busy' } },
      { chunks: ['a', 'b'] },
    );
    expect(await read(provider, 'goals')).toMatchObject({ text: 'half ', last: { type: 'content' }, error: undefined });
    expect(await read(provider, 'goals')).toMatchObject({
      error: { failure: { code: 'overloaded', detail: 'busy', resets_at: null } },
    });
    expect(await read(provider, 'goals')).toMatchObject({ text: 'ab' });
    expect(await read(provider, 'goals')).toMatchObject({ text: 'ab' });
    expect(provider.calls).toMatchObject([
      { number: 1, user: 'Idea: toys', pieces: 1, state: 'ended' },
      {},
      {},
      { number: 4 },
    ]);
  });

  it('hangs until it is aborted, and says so', async () => {
    const provider = new ScriptedProvider();
    provider.script('goals', { chunks: ['a'], end: 'hang' });
    const controller = new AbortController();
    const reading = read(provider, 'goals', controller.signal);
    await waitFor(() => provider.calls[0]?.pieces === 1, { what: 'the first piece' });
    controller.abort(new Error('enough'));
    expect(await reading).toMatchObject({ text: 'a', error: { message: 'enough' } });
    expect(provider.calls[0]?.state).toBe('aborted');
  });

  it('is told what to do from another process', async () => {
    const provider = new ScriptedProvider();
    await using server = await closing(serveScriptedProvider(provider));
    const client = new ScriptedProviderClient(server.url);
    await client.script('goals', { chunks: ['a', 'b'], holdAfter: 1 });
    const reading = read(provider, 'goals');
    await waitFor(async () => (await client.calls())[0]?.state === 'held', { what: 'the call to be held' });
    await client.release('goals');
    expect((await reading).text).toBe('ab');
    await expect(client.script('goals', { end: 'nonsense' as 'stop' })).rejects.toThrow('scripted provider');
    await client.reset();
    expect(await client.calls()).toEqual([]);
  });
});
