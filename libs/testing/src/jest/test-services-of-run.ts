import { dropTestDatabases } from '../database.js';
import { SERVICES, TEST_VARIABLES } from '../services/addresses.js';
import { testServices, type TestServices } from '../services/test-services.js';
import { newTestRun, RUN_VARIABLE } from '../test-run.js';

let current: { services: TestServices; run: string } | undefined;

/**
 * Finds or starts the services and tells Jest's workers, which inherit the environment. Once for each `jest` command, though
 * two of its projects ask for it.
 */
export async function startTestRun(): Promise<void> {
  if (current) return;
  const services = await testServices();
  const run = newTestRun();
  current = { services, run };
  for (const service of SERVICES) process.env[TEST_VARIABLES[service]] = services[service];
  process.env[RUN_VARIABLE] = run;
  process.stderr.write(`${services.notes.join('\n')}\n`);
}

export async function endTestRun(): Promise<void> {
  if (!current) return;
  const { services, run } = current;
  current = undefined;
  try {
    await dropTestDatabases(services.postgres, run);
  } finally {
    await services.stop();
  }
}
