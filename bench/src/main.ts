import { endTestRun, startTestRun } from '@planwright/testing';
import { idle } from './idle.js';
import { stepGap } from './step-gap.js';

/** Each prints its figures for people on stderr and answers them as one object. */
const CASES: Readonly<Record<string, () => Promise<object>>> = { idle, 'step-gap': stepGap };

const [name = ''] = process.argv.slice(2);
const run = CASES[name];
if (!run) {
  process.stderr.write(`bench: nothing is called "${name}"; there are ${Object.keys(CASES).join(', ')}.\n`);
  process.exit(2);
}
await startTestRun();
try {
  const figures = await run();
  process.stdout.write(`${JSON.stringify({ bench: name, at: new Date().toISOString(), ...figures })}\n`);
} finally {
  await endTestRun();
}
