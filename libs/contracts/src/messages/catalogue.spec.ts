import { readdirSync, readFileSync } from 'node:fs';
import { makeMessage, MAX_MESSAGE_BYTES, MESSAGES, parseMessage, routingKey } from './catalogue.js';

const samples = new URL('../../samples/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, samples));
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const sampleOf = (name: string): Record<string, unknown> => JSON.parse(read(`${name}.v1.json`).toString());

describe('golden samples', () => {
  it.each([...MESSAGES.values()].map((d) => [`${d.name}.v${d.version}`]))('%s parses for ever', (file) => {
    const parsed = parseMessage(read(`${file}.json`));
    expect(parsed).toMatchObject({ ok: true });
    // What was added since has its default.
    if (parsed.ok)
      expect(JSON.parse(JSON.stringify(parsed.message))).toMatchObject(JSON.parse(read(`${file}.json`).toString()));
  });

  // What was added to a message later has a sample of its own beside the first one.
  it.each(readdirSync(samples).filter((file) => /\.v\d+\.[a-z]+\.json$/.test(file)))('%s parses for ever', (file) => {
    const parsed = parseMessage(read(file));
    expect(parsed.ok && JSON.parse(JSON.stringify(parsed.message))).toMatchObject(JSON.parse(read(file).toString()));
  });

  it('has no sample without a message', () => {
    const names = readdirSync(samples).filter((file) => !file.startsWith('live-events'));
    const known = new Set(names.map((file) => file.replace(/(\.v\d+)\.[a-z]+\.json$/, '$1.json')));
    expect([...known].sort()).toEqual([...MESSAGES.values()].map((d) => `${d.name}.v${d.version}.json`).sort());
  });
});

describe('what a queue may bring', () => {
  const start = sampleOf('run.start');
  it.each([
    ['an empty body', new Uint8Array(), /empty body/],
    ['text that is not JSON', bytes('{'), /not JSON/],
    ['invalid UTF-8', new Uint8Array([0x22, 0xff, 0x22]), /not JSON/],
    ['null', bytes(null), /unknown message name/],
    ['an array', bytes([]), /unknown message name/],
    ['an unknown name', bytes({ ...start, name: 'run.explode' }), /unknown message name "run.explode"/],
    ['a version of the future', bytes({ ...start, version: 2 }), /run.start version 2; this release reads version 1/],
    ['a missing id', bytes({ ...start, id: undefined }), /breaks its schema at \/id/],
    ['a payload of another message', bytes({ ...start, payload: {} }), /breaks its schema at \/payload\/run_id/],
    ['one byte too many', bytes('x'.repeat(MAX_MESSAGE_BYTES + 1)), /262145 bytes; the limit is 262144/],
  ])('%s is refused with a reason', (_what, body, reason) => {
    const parsed = parseMessage(body);
    expect(parsed.ok ? '' : parsed.reason).toMatch(reason);
  });
});

it('routes a step to the queue of its class and everything else by name', () => {
  const generate = parseMessage(read('step.generate.v1.json'));
  const start = parseMessage(read('run.start.v1.json'));
  expect(generate.ok && routingKey(generate.message)).toBe('step.generate.interactive');
  expect(start.ok && routingKey(start.message)).toBe('run.start');
});

it('refuses to build a message with a wrong payload, at its sender', () => {
  const { id, occurred_at, workspace_id } = sampleOf('run.start') as Record<string, string>;
  const envelope = {
    id: id ?? '',
    occurred_at: occurred_at ?? '',
    workspace_id: workspace_id ?? '',
    run_id: null,
    causation_id: null,
    traceparent: null,
  };
  expect(() => makeMessage('run.start', { run_id: 'no' }, envelope)).toThrow(/UUID/);
});
