import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const own = join(import.meta.dirname, '..');
const root = join(own, '../..');
const node = (...args: string[]) =>
  execFileSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });

it('the core: at most 8 KB with gzip, no dependencies, nothing of Node or of React', () => {
  const core = JSON.parse(node(join(own, 'scripts/size.mjs'))) as {
    gzipBytes: number;
    files: number;
    imports: string[];
    modules: string[];
  };
  expect(core.gzipBytes).toBeLessThanOrEqual(8 * 1024);
  expect([core.files, core.imports]).toEqual([1, []]);
  const foreign = core.modules.filter(
    (file) => !/^libs\/(client\/src\/(?!react\/)|contracts\/src\/live\/)[\w/-]+\.ts$/.test(file),
  );
  expect(foreign).toEqual([]);
  const names = core.modules.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/from '([^']+)'/g)].map(([, name]) => name!),
  );
  expect(names.filter((name) => name.startsWith('node:') || builtinModules.includes(name))).toEqual([]);
});

describe('the package as it is published', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'planwright-client-'));
    const installed = join(dir, 'node_modules/@planwright/client');
    node(join(own, 'scripts/build.mjs'), join(installed, 'dist'));
    node(join(own, 'scripts/types.mjs'), join(installed, 'dist'));
    cpSync(join(own, 'package.json'), join(installed, 'package.json'));
    for (const name of ['react', '@types', 'csstype'])
      symlinkSync(join(root, 'node_modules', name), join(dir, 'node_modules', name));
    writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  }, 120_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('asks for no other package but React, and that where its hooks are used', () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      readFileSync(join(own, 'package.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect([dependencies, peerDependencies]).toEqual([undefined, { react: '>=18' }]);
    expect(peerDependenciesMeta).toEqual({ react: { optional: true } });
  });

  it('runs where it is installed, on its own', () => {
    writeFileSync(
      join(dir, 'use.js'),
      `import { createClient, PlanwrightError, reduceRun } from '@planwright/client';
       import { usePrdStreaming } from '@planwright/client/react';
       const { runs } = createClient({ url: 'http://127.0.0.1:9' });
       console.log(typeof runs.follow, typeof reduceRun, typeof usePrdStreaming, PlanwrightError.name);`,
    );
    expect(node(join(dir, 'use.js')).trim()).toBe('function function function PlanwrightError');
  });

  it('has types that need nothing of the workspace, fit the examples, and refuse what the server would', () => {
    const readme = readFileSync(join(own, 'README.md'), 'utf8');
    const examples = (language: string) =>
      [...readme.matchAll(new RegExp(`^\\x60{3}${language}\n([^]*?)^\\x60{3}`, 'gm'))].map(([, code]) => code).join('');
    expect([examples('ts'), examples('tsx')]).toEqual([
      expect.stringContaining('ChangedError') as string,
      expect.stringContaining('usePrdStreaming') as string,
    ]);
    writeFileSync(join(dir, 'examples.ts'), examples('ts'));
    writeFileSync(join(dir, 'page.tsx'), examples('tsx'));
    writeFileSync(
      join(dir, 'use.ts'),
      `import { createClient, emptyRunView, reduceRun } from '@planwright/client';
       import type { RunState } from '@planwright/client';
       import { usePrdStreaming } from '@planwright/client/react';
       export const Heading = () => usePrdStreaming('r1').sections[0]?.text.toUpperCase();
       export async function plan(): Promise<string | null> {
         const client = createClient({ url: 'http://127.0.0.1:9' });
         const project = await client.projects.create({ name: 'Courts', idea: 'Finds courts.' });
         const run = await client.runs.start(project.id, { documents: ['prd'] });
         let view = emptyRunView();
         for await (const followed of client.runs.follow(run.id)) {
           if (followed.type === 'event') view = reduceRun(view, followed.event);
         }
         for await (const state of client.runs.state(run.id)) ((one: RunState) => one.sections[0]?.verified)(state);
         // @ts-expect-error an idea is text
         await client.projects.create({ name: 'Courts', idea: 1 });
         return view.runId;
       }`,
    );
    const compilerOptions = {
      strict: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom'],
      types: ['node'],
      jsx: 'react-jsx',
      noEmit: true,
    };
    writeFileSync(
      join(dir, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['use.ts', 'examples.ts', 'page.tsx'] }),
    );
    expect(node(join(root, 'node_modules/typescript/bin/tsc'), '-p', dir)).toBe('');
  }, 120_000);
});
