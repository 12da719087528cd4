import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { liveEnvelope } from './events.js';
import { featureEventBody } from './feature-events.js';

const samples: { type: string }[] = JSON.parse(
  readFileSync(new URL('../../samples/live-events-features.v1.json', import.meta.url), 'utf8'),
);

it.each(samples.map((event) => [event.type, event]))('the sample of %s parses for ever', (_type, event) => {
  expect(z.intersection(liveEnvelope, featureEventBody).parse(event)).toEqual(event);
});

it('has a sample of every type, with exactly its fields', () => {
  const common = ['v', 'channel', 'epoch', 'seq', 'ts', 'type', 'run_id', 'feature_id'];
  const fields = Object.fromEntries(samples.map(({ type, ...rest }) => [type, Object.keys({ type, ...rest }).sort()]));
  expect(fields).toEqual({
    'feature.progress': [...common, 'message'].sort(),
    'feature.generated': [...common, 'task_count', 'message', 'project_id'].sort(),
    'feature.generation.failed': [...common, 'error', 'description', 'project_id'].sort(),
  });
});
