import { readFileSync } from 'node:fs';

const swcrc = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));

const long = process.env.TEST_LONG !== undefined;
const swc = { ...swcrc, swcrc: false, sourceMaps: 'inline' };
/** Further tries for a test that failed. A machine that is busy with something else fails some that wait for many processes. */
const retries = process.env.TEST_RETRIES !== undefined;
/** `npm run test:bugs` tests the sources with one known bug in them. */
const bug = process.env.KNOWN_BUG;

/** What every project shares: sources, not builds, are tested, as native ES modules. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  // Workspace packages export their sources under this condition.
  testEnvironmentOptions: { customExportConditions: ['@planwright/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  resolver: '<rootDir>/scripts/jest-resolver.cjs',
  transform: {
    '\\.ts$': bug ? ['<rootDir>/scripts/known-bugs/transform.cjs', { ...swc, bug }] : ['@swc/jest', swc],
  },
  // Built code and private instances of services are not searched for tests or packages.
  ...(long && { setupFiles: ['<rootDir>/scripts/jest-long.mjs'] }),
  ...(retries && { setupFilesAfterEnv: ['<rootDir>/scripts/jest-retry.mjs'] }),
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/\\.planwright/', '<rootDir>/\\.nx/'],
};

/** Finds or starts PostgreSQL, RabbitMQ and Redis, once per `jest` command that needs them: not for unit tests alone. */
const withServices = {
  globalSetup: '<rootDir>/libs/testing/src/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/src/jest/global-teardown.mjs',
};

/** `npm run jest -- --selectProjects unit int`: the suffix of a test's file says what it needs. */
export default {
  // Jest reads it here and nowhere else; end-to-end tests give their own to `test`.
  testTimeout: long ? 300_000 : 30_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,bench,scripts}/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.int\\.spec\\.ts$', '\\.e2e\\.spec\\.ts$'],
    },
    {
      ...shared,
      ...withServices,
      displayName: 'int',
      testMatch: ['<rootDir>/{apps,libs,bench}/**/*.int.spec.ts'],
    },
    {
      ...shared,
      ...withServices,
      globalSetup: '<rootDir>/libs/testing/src/jest/global-setup-e2e.mjs',
      displayName: 'e2e',
      testMatch: ['<rootDir>/e2e/**/*.spec.ts'],
      // What only counts at length runs with `npm run test:long`.
      testPathIgnorePatterns: ['/node_modules/', ...(long ? [] : ['/e2e/long/'])],
    },
  ],
};
