import type { AnyMessage } from '@planwright/contracts';
import { runChannel } from '@planwright/contracts';
import { ScriptedProvider, waitFor } from '@planwright/testing';
import { command, generator, hashes } from '../../test/scripted-generator.js';
import { testLlm } from '../../test/test-llm.js';

const once = { redelivered: false };

describe('GenerateStep', () => {
  it('tells that it started and streams, shows the text live, and reports exactly that text', async () => {
    const { step, facts, names, provider, shown } = generator();
    provider.script('goals', { chunks: ['Grüße\u0000 ', '\uD83D', '\uDE00!'] });
    const message = command();
    await step.execute(message, once);
    expect(names()).toEqual(['step.started', 'step.streaming', 'step.generated']);
    const { step_id, run_id, attempt } = message.payload;
    expect(facts.at(-1)).toMatchObject({
      workspace_id: message.workspace_id,
      run_id,
      causation_id: message.id,
      payload: { step_id, attempt, content: 'Grüße 😀!', provider: 'scripted', model: 'm-1', hashes },
    });
    expect(await shown(run_id)).toEqual({
      types: ['section_started', ...Array<string>((await shown(run_id)).types.length - 1).fill('chunk')],
      text: 'Grüße 😀!',
    });
  });

  it('hands the provider what the command says', async () => {
    const { step, provider } = generator();
    await step.execute(command({ repair: { code: 'malformed', detail: 'no JSON' } }), once);
    expect(provider.calls).toMatchObject([
      { sectionId: 'goals', document: 'prd', model: 'm-1', user: 'toys', repair: { code: 'malformed' } },
    ]);
  });

  it('reports a failure with the partial text as draft', async () => {
    const { step, facts, provider } = generator();
    provider.script('goals', { chunks: ['half'], end: 'silence' });
    await step.execute(command(), once);
    expect(facts.at(-1)).toMatchObject({
      name: 'step.failed',
      payload: { failure: { code: 'connection' }, draft: 'half', usage: { estimated: true } },
    });
  });

  it('fails a command for a provider it does not have', async () => {
    const { step, facts } = generator();
    await step.execute(command({ provider: 'openai' }), once);
    expect(facts.at(-1)).toMatchObject({
      name: 'step.failed',
      payload: {
        failure: { code: 'auth', detail: "OPENAI_API_KEY is not set for the generators, so openai can't be called" },
        draft: null,
        usage: null,
      },
    });
  });

  it('stops on cancel, closes the connection and keeps the draft', async () => {
    const { step, facts, provider, running, shown } = generator();
    provider.script('goals', { chunks: ['so far'], end: 'hang' });
    const message = command();
    const done = step.execute(message, once);
    await waitFor(async () => (await shown(message.payload.run_id)).text === 'so far', {
      what: 'the text to be shown',
    });
    running.cancel([{ stepId: message.payload.step_id, attempt: 1 }]);
    await done;
    expect(facts.at(-1)).toMatchObject({ name: 'step.cancelled', payload: { draft: 'so far' } });
    await waitFor(() => provider.calls[0]?.state === 'aborted', { what: 'the connection to be closed' });
  });

  it('does not call for a command whose cancel came first', async () => {
    const { step, names, provider, running } = generator();
    const message = command();
    running.cancel([{ stepId: message.payload.step_id, attempt: 1 }]);
    await step.execute(message, once);
    expect(names()).toEqual(['step.cancelled']);
    expect(provider.calls).toEqual([]);
  });

  it('leaves a redelivered command alone while it works on it', async () => {
    const { step, names, provider } = generator();
    provider.script('goals', { chunks: ['a', 'b'], holdAfter: 1 });
    const message = command();
    const done = step.execute(message, once);
    await waitFor(() => provider.calls[0]?.state === 'held', { what: 'the call' });
    await step.execute(message, { redelivered: true });
    expect(provider.calls).toHaveLength(1);
    provider.release('goals');
    await done;
    expect(names()).toEqual(['step.started', 'step.streaming', 'step.generated']);
  });

  it('gives its attempt up when a newer one writes the section', async () => {
    const { step, names, provider, live, shown } = generator();
    provider.script('goals', { chunks: ['old', ' more'], holdAfter: 1 });
    const message = command();
    const done = step.execute(message, once);
    const { run_id, document, document_id, section_id } = message.payload;
    await waitFor(async () => (await shown(run_id)).text === 'old', { what: 'the text to be shown' });
    await live.appendSection(
      runChannel(run_id),
      { type: 'section_started', run_id, document, document_id, section_id, attempt: 2 },
      null,
    );
    provider.release('goals');
    await done;
    expect(names().at(-1)).toBe('step.lost');
    expect((await shown(run_id)).text).toBe('old');
  });

  it('gives back what does not finish before the shutdown', async () => {
    const { step, names, provider, running } = generator();
    provider.script('goals', { chunks: ['a'], end: 'hang' });
    const done = step.execute(command(), once);
    await waitFor(() => provider.calls[0]?.pieces === 1, { what: 'the call' });
    await running.drain(1);
    await done;
    expect(names().at(-1)).toBe('step.lost');
  });

  it('reports the whole text even when nothing can be shown live', async () => {
    const dead = { appendSection: () => Promise.reject(new Error('Redis is away')) };
    const { step, facts } = generator({ live: dead, limits: { flushMs: 5 } });
    await step.execute(command(), once);
    expect(facts.at(-1)).toMatchObject({
      name: 'step.generated',
      payload: { content: expect.stringContaining('Text of goals') },
    });
  });

  it('asks for the command again when it cannot tell that it started', async () => {
    const provider = new ScriptedProvider();
    const { step, running } = generator({
      broker: { publish: () => Promise.reject(new Error('not confirmed')) },
      llm: testLlm([provider]),
    });
    await expect(step.execute(command(), once)).rejects.toThrow('not confirmed');
    expect(provider.calls).toEqual([]);
    expect(running.size).toBe(0);
  });

  it('publishes a result again when the broker was away for a moment, under the same id', async () => {
    const tried: AnyMessage[] = [];
    const publish = async (messages: readonly AnyMessage[]) => {
      tried.push(...messages);
      if (messages[0]?.name === 'step.generated' && tried.filter(({ name }) => name === 'step.generated').length < 3)
        throw new Error('away');
    };
    const { step } = generator({ broker: { publish }, limits: { publishPausesMs: [1, 1] } });
    await step.execute(command(), once);
    const results = tried.filter(({ name }) => name === 'step.generated');
    expect(results).toHaveLength(3);
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
  });

  it('asks for the command again when a result cannot be published at all', async () => {
    const publish = async ([message]: readonly AnyMessage[]) => {
      if (message?.name === 'step.generated') throw new Error('away');
    };
    const { step, running } = generator({ broker: { publish }, limits: { publishPausesMs: [1] } });
    await expect(step.execute(command(), once)).rejects.toThrow('away');
    expect(running.size).toBe(0);
  });

  it('does not lose a text over a step.streaming that was not taken', async () => {
    const names: string[] = [];
    const publish = async ([message]: readonly AnyMessage[]) => {
      if (message?.name === 'step.streaming') throw new Error('away');
      names.push(String(message?.name));
    };
    const { step } = generator({ broker: { publish } });
    await step.execute(command(), once);
    expect(names).toEqual(['step.started', 'step.generated']);
  });
});
