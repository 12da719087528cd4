import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVICES } from './addresses.js';
import { findProgram, freePorts } from './programs.js';
import { speakTo } from './speak.js';
import { testServices } from './test-services.js';

test('own: private instances of all three run beside those that are there, and end', async () => {
  const before = await folders();
  const [first, second] = await Promise.all([testServices({ services: 'own' }), testServices({ services: 'own' })]);
  try {
    for (const service of SERVICES) {
      await speakTo(service, first[service]);
      await speakTo(service, second[service]);
    }
    const ports = [first, second].flatMap((own) => SERVICES.map((service) => new URL(own[service]).port));
    expect(new Set([...ports, '5432', '5672', '6379']).size).toBe(9);
    expect(first.notes.map((note) => note.split(' at ')[0])).toEqual(SERVICES.map((service) => `${service}: started`));
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
  for (const service of SERVICES) await expect(speakTo(service, first[service])).rejects.toThrow();
  expect(await folders()).toEqual(before);
}, 60_000);

test('a configured server is used as it is and goes on afterwards', async () => {
  const own = await testServices({ services: 'own', only: ['redis'] });
  try {
    const found = await testServices({ services: 'found', only: ['redis'], env: { REDIS_URL: own.redis } });
    expect(found).toMatchObject({ redis: own.redis, notes: [`redis: found at ${new URL(own.redis).host}`] });
    await found.stop();
    await speakTo('redis', own.redis);
  } finally {
    await own.stop();
  }
});

test.each([
  ['DATABASE_URL', 'postgres', 'postgres://postgres@127.0.0.1'],
  ['RABBITMQ_URL', 'rabbitmq', 'amqp://guest:guest@127.0.0.1'],
  ['REDIS_URL', 'redis', 'redis://127.0.0.1'],
] as const)('a configured server that does not answer is an error that names %s', async (variable, service, url) => {
  const [port] = await freePorts(1);
  const services = testServices({ services: 'found', only: [service], env: { [variable]: `${url}:${port}` } });
  await expect(services).rejects.toThrow(
    `${variable} names a server that cannot be used for tests (connect ECONNREFUSED 127.0.0.1:${port}): start it, or unset ${variable}.`,
  );
});

test('a server of another kind on the port is no such service', async () => {
  const own = await testServices({ services: 'own', only: ['redis'] });
  try {
    const { host } = new URL(own.redis);
    await Promise.all([
      expect(speakTo('rabbitmq', `amqp://guest:guest@${host}`)).rejects.toThrow(),
      expect(speakTo('postgres', `postgres://postgres@${host}/postgres`)).rejects.toThrow(),
    ]);
  } finally {
    await own.stop();
  }
});

test('where a service can be neither found nor started, the sentence says what to do', async () => {
  const path = process.env.PATH;
  const empty = await mkdtemp(join(tmpdir(), 'pw-empty-'));
  process.env.PATH = empty; // no program, no Docker, no apt-get
  try {
    expect(findProgram('redis-server')).toBeUndefined();
    await expect(testServices({ services: 'own', only: ['redis'] })).rejects.toThrow(
      'Tests need redis, and none answers at its usual port: start one, set REDIS_URL, install the program redis-server, or start Docker.',
    );
  } finally {
    process.env.PATH = path;
    await rm(empty, { recursive: true });
  }
});

async function folders(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(`planwright-test-${process.pid}-`));
}
