import { createHash } from 'node:crypto';
import { planBundle } from '@planwright/contracts';
import { assert, property } from 'fast-check';
import { anyPlan } from '../test/any-plan.js';
import { bundleProblems } from './bundle-problems.js';
import { bundleJson, sha256Of } from './bundle.js';

it('hashes the UTF-8 bytes of a text', () => {
  expect(sha256Of('Größe 🎾')).toBe(createHash('sha256').update('Größe 🎾', 'utf8').digest('hex'));
});

it('gives back every plan as it is, whatever its texts are', () => {
  assert(
    property(anyPlan, (plan) => {
      const read = planBundle.parse(JSON.parse(bundleJson(plan)));
      expect(bundleProblems(read)).toEqual([]);
      const { schema, ...rest } = read;
      expect(schema).toBe('planwright.bundle/1');
      expect(rest).toEqual(plan);
      expect(bundleJson(rest)).toBe(bundleJson(plan));
    }),
    { numRuns: 100 },
  );
});
