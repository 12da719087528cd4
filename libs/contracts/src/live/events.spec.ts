import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { channelName, liveEnvelope, projectEventBody, runEventBody, type RunEventBody } from './events.js';
import { taskResource } from '../rest/tasks.js';
import { clientFrame } from './frames.js';

const samples: unknown[] = JSON.parse(
  readFileSync(new URL('../../samples/live-events.v1.json', import.meta.url), 'utf8'),
);

it.each(samples.map((event) => [(event as { type: string }).type, event]))(
  'the sample of %s parses for ever',
  (_type, event) => {
    expect(z.intersection(liveEnvelope, runEventBody).parse(event)).toEqual(event);
  },
);

it('has a sample of every type', () => {
  const types = runEventBody.options.map((option) => option.shape.type.value);
  expect(samples.map((event) => (event as RunEventBody).type).sort()).toEqual([...types].sort());
});

const ofProjects: { type: string; task?: unknown }[] = JSON.parse(
  readFileSync(new URL('../../samples/live-events-project.v1.json', import.meta.url), 'utf8'),
);

it.each(ofProjects.map((event) => [event.type, event]))('the sample of %s parses for ever', (_type, event) => {
  expect(z.intersection(liveEnvelope, projectEventBody).parse(event)).toEqual(event);
  if (event.task) expect(taskResource.parse(event.task)).toEqual(event.task);
});

it('has a sample of every type of projects', () => {
  const types = projectEventBody.options.map((option) => option.shape.type.value);
  expect(ofProjects.map(({ type }) => type).sort()).toEqual([...types].sort());
});

it.each([
  ['subscribe without an epoch', { type: 'subscribe', channel: 'run.0199f3a2-7c1e-7a43-9d52-000000000001', after: 3 }],
  ['an unknown frame', { type: 'shout' }],
  ['an unknown field', { type: 'ping', loud: true }],
  ['a channel of another kind', { type: 'subscribe', channel: 'user.1' }],
  [
    'a negative position',
    { type: 'subscribe', channel: 'run.0199f3a2-7c1e-7a43-9d52-000000000001', epoch: 'a', after: -1 },
  ],
])('refuses %s', (_what, frame) => {
  expect(clientFrame.safeParse(frame).success).toBe(false);
});

it.each([
  ['run.0199f3a2-7c1e-7a43-9d52-000000000001', true],
  ['project.0199f3a2-7c1e-7a43-9d52-000000000001', true],
  ['project.0199f3a2-7c1e-7a43-9d52-000000000001.features', true],
  ['run.0199f3a2-7c1e-7a43-9d52-000000000001.features', false],
  ['run.*', false],
])('%s is a channel: %s', (name, expected) => {
  expect(channelName.safeParse(name).success).toBe(expected);
});
