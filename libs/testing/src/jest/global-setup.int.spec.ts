import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { TEST_VARIABLES } from '../services/addresses.js';
import { speakTo } from '../services/speak.js';

const jest = join(dirname(createRequire(import.meta.url).resolve('jest/package.json')), 'bin', 'jest.js');
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pw-jest-'));
  const project = (displayName: string, services: object): object => ({
    ...{ displayName, rootDir: dir, transform: {}, testMatch: [`**/${displayName}/*.cjs`], ...services },
  });
  const projects = [
    project('unit', {}),
    project('int', {
      globalSetup: join(import.meta.dirname, 'global-setup.mjs'),
      globalTeardown: join(import.meta.dirname, 'global-teardown.mjs'),
    }),
  ];
  await writeFile(join(dir, 'jest.config.json'), JSON.stringify({ projects }));
  for (const name of ['unit', 'int']) await mkdir(join(dir, name));
  const report = `require('node:fs').writeFileSync(__filename + '.json', JSON.stringify(process.env))`;
  await writeFile(join(dir, 'unit', 'a.cjs'), `test('passes', () => ${report});`);
  await writeFile(join(dir, 'int', 'a.cjs'), `test('fails', () => { ${report}; throw new Error('on purpose'); });`);
});

afterAll(() => rm(dir, { recursive: true, force: true }));

test('tests learn where their own services are, and these end although a test failed', async () => {
  const { stderr, failed } = await runJest('int');
  expect(failed).toBe(true);
  expect(stderr).toContain('on purpose');
  const env = await reportOf('int');
  const urls = Object.values(TEST_VARIABLES).map((variable) => env[variable]);
  expect(urls).toEqual(
    Object.values(TEST_VARIABLES).map((): unknown => expect.stringMatching(/^(postgres|amqp|redis):/)),
  );
  await expect(speakTo('redis', env.PW_TEST_REDIS_URL ?? '')).rejects.toThrow();
  await expect(speakTo('rabbitmq', env.PW_TEST_RABBITMQ_URL ?? '')).rejects.toThrow();
  await expect(speakTo('postgres', env.PW_TEST_DATABASE_URL ?? '')).rejects.toThrow();
});

test('a run of unit tests starts nothing', async () => {
  const { stderr, failed } = await runJest('unit');
  expect(failed).toBe(false);
  expect(stderr).not.toMatch(/started at|found at/);
  expect((await reportOf('unit')).PW_TEST_RUN).toBeUndefined();
});

async function runJest(project: string): Promise<{ stderr: string; failed: boolean }> {
  const args = [
    '--experimental-vm-modules',
    jest,
    '--config',
    join(dir, 'jest.config.json'),
    '--selectProjects',
    project,
  ];
  const { PATH, HOME } = process.env;
  // Neither this test's own PW_TEST_ variables nor Jest's.
  const options = { cwd: dir, env: { PATH, HOME, TEST_SERVICES: 'own' } };
  return promisify(execFile)(process.execPath, args, options).then(
    ({ stderr }) => ({ stderr, failed: false }),
    ({ stderr }: { stderr: string }) => ({ stderr, failed: true }),
  );
}

async function reportOf(project: string): Promise<Record<string, string | undefined>> {
  return JSON.parse(await readFile(join(dir, project, 'a.cjs.json'), 'utf8')) as Record<string, string | undefined>;
}
