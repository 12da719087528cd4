import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const BOUNDARY = '@nx/enforce-module-boundaries';

interface Case {
  name: string;
  file: string;
  text: string;
  /** The rule that refuses it, or null where it is allowed. */
  refusedBy: string | null;
}

const use = (name: string): string => `import { something } from '${name}';\nexport const used: unknown = something;\n`;

const cases: Case[] = [
  // One way down is allowed.
  { name: 'app → adapter', file: 'apps/orchestrator/src/a.ts', text: use('@planwright/persistence'), refusedBy: null },
  { name: 'app → pure', file: 'apps/orchestrator/src/a.ts', text: use('@planwright/plan'), refusedBy: null },
  { name: 'adapter → runtime', file: 'libs/messaging/src/a.ts', text: use('@planwright/runtime'), refusedBy: null },
  { name: 'pure → contracts', file: 'libs/plan/src/a.ts', text: use('@planwright/contracts'), refusedBy: null },
  { name: 'composition → app', file: 'apps/standalone/src/a.ts', text: use('@planwright/gateway'), refusedBy: null },
  { name: 'cli → client', file: 'apps/cli/src/a.ts', text: use('@planwright/client'), refusedBy: null },
  { name: 'a hash in pure', file: 'libs/plan/src/a.ts', text: use('@noble/hashes/sha2.js'), refusedBy: null },
  {
    name: 'a given instant in pure',
    file: 'libs/plan/src/a.ts',
    text: 'export const at = (ms: number) => new Date(ms);',
    refusedBy: null,
  },
  { name: 'prompts/load → node:fs', file: 'libs/prompts/src/load.ts', text: use('node:fs'), refusedBy: null },
  { name: 'a spec → anything', file: 'libs/plan/src/a.spec.ts', text: use('@planwright/testing'), refusedBy: null },

  {
    name: 'adapter → adapter',
    file: 'libs/messaging/src/a.ts',
    text: use('@planwright/persistence'),
    refusedBy: BOUNDARY,
  },
  { name: 'adapter → app', file: 'libs/live/src/a.ts', text: use('@planwright/notifier'), refusedBy: BOUNDARY },
  { name: 'app → app', file: 'apps/gateway/src/a.ts', text: use('@planwright/orchestrator'), refusedBy: BOUNDARY },
  { name: 'runtime → adapter', file: 'libs/runtime/src/a.ts', text: use('@planwright/live'), refusedBy: BOUNDARY },
  { name: 'pure → adapter', file: 'libs/plan/src/a.ts', text: use('@planwright/persistence'), refusedBy: BOUNDARY },
  { name: 'pure → runtime', file: 'libs/prompts/src/a.ts', text: use('@planwright/runtime'), refusedBy: BOUNDARY },
  { name: 'pure → pure', file: 'libs/plan/src/a.ts', text: use('@planwright/prompts'), refusedBy: BOUNDARY },
  {
    name: 'contracts → a library',
    file: 'libs/contracts/src/a.ts',
    text: use('@planwright/plan'),
    refusedBy: BOUNDARY,
  },
  {
    name: 'cli → server library',
    file: 'apps/cli/src/a.ts',
    text: use('@planwright/persistence'),
    refusedBy: BOUNDARY,
  },
  { name: 'client → runtime', file: 'libs/client/src/a.ts', text: use('@planwright/runtime'), refusedBy: BOUNDARY },
  {
    name: 'generator → persistence',
    file: 'apps/generator/src/a.ts',
    text: use('@planwright/persistence'),
    refusedBy: BOUNDARY,
  },
  {
    name: 'generator → prompts',
    file: 'apps/generator/src/a.ts',
    text: use('@planwright/prompts'),
    refusedBy: BOUNDARY,
  },
  { name: 'gateway → export', file: 'apps/gateway/src/a.ts', text: use('@planwright/export'), refusedBy: null },
  { name: 'a file format in export', file: 'libs/export/src/a.ts', text: use('docx'), refusedBy: null },
  { name: 'generator → lint', file: 'apps/generator/src/a.ts', text: use('@planwright/lint'), refusedBy: null },
  { name: 'gateway → limits', file: 'apps/gateway/src/a.ts', text: use('@planwright/limits'), refusedBy: null },
  { name: 'gateway → llm', file: 'apps/gateway/src/a.ts', text: use('@planwright/llm'), refusedBy: BOUNDARY },
  {
    name: 'shipped code → testing',
    file: 'apps/gateway/src/a.ts',
    text: use('@planwright/testing'),
    refusedBy: BOUNDARY,
  },
  {
    name: 'a path into another project',
    file: 'apps/gateway/src/a.ts',
    text: use('../../../libs/plan/src/index.js'),
    refusedBy: BOUNDARY,
  },
  {
    name: 'orchestrator → export',
    file: 'apps/orchestrator/src/a.ts',
    text: use('@planwright/export'),
    refusedBy: BOUNDARY,
  },
  {
    name: 'adapter → export',
    file: 'libs/persistence/src/a.ts',
    text: use('@planwright/export'),
    refusedBy: BOUNDARY,
  },
  { name: 'a file format in pure', file: 'libs/plan/src/a.ts', text: use('docx'), refusedBy: BOUNDARY },
  { name: 'a framework in export', file: 'libs/export/src/a.ts', text: use('rxjs'), refusedBy: BOUNDARY },
  {
    name: 'Math.random in export',
    file: 'libs/export/src/a.ts',
    text: 'export const luck = Math.random();',
    refusedBy: 'no-restricted-properties',
  },
  { name: 'a framework in pure', file: 'libs/plan/src/a.ts', text: use('@nestjs/common'), refusedBy: BOUNDARY },
  { name: 'a framework in contracts', file: 'libs/contracts/src/a.ts', text: use('rxjs'), refusedBy: BOUNDARY },

  {
    name: 'node: built-in in pure',
    file: 'libs/plan/src/a.ts',
    text: use('node:fs'),
    refusedBy: 'no-restricted-imports',
  },
  {
    name: 'bare built-in in pure',
    file: 'libs/prompts/src/a.ts',
    text: use('fs/promises'),
    refusedBy: 'no-restricted-imports',
  },
  {
    name: 'built-in in the client',
    file: 'libs/client/src/a.ts',
    text: use('node:crypto'),
    refusedBy: 'no-restricted-imports',
  },
  {
    name: 'Date.now in pure',
    file: 'libs/plan/src/a.ts',
    text: 'export const now = Date.now();',
    refusedBy: 'no-restricted-properties',
  },
  {
    name: 'new Date() in pure',
    file: 'libs/plan/src/a.ts',
    text: 'export const now = new Date();',
    refusedBy: 'no-restricted-syntax',
  },
  {
    name: 'Math.random in pure',
    file: 'libs/plan/src/a.ts',
    text: 'export const luck = Math.random();',
    refusedBy: 'no-restricted-properties',
  },
  {
    name: 'a timer in pure',
    file: 'libs/plan/src/a.ts',
    text: 'setTimeout(() => undefined, 1);',
    refusedBy: 'no-restricted-globals',
  },
  {
    name: 'process in pure',
    file: 'libs/contracts/src/a.ts',
    text: 'export const home = process.env.HOME;',
    refusedBy: 'no-restricted-globals',
  },
  {
    name: 'export * anywhere',
    file: 'apps/gateway/src/a.ts',
    text: "export * from './b.js';",
    refusedBy: 'no-restricted-syntax',
  },
];

describe('import rules', () => {
  const found = new Map<Case, string[]>();

  beforeAll(() => {
    const input = JSON.stringify(cases.map(({ file, text }) => ({ file: join(root, file), text })));
    const output = execFileSync(process.execPath, [join(root, 'scripts/lint-texts.mjs')], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
      input,
    });
    (JSON.parse(output) as string[][]).forEach((messages, index) => found.set(cases[index]!, messages));
  }, 120_000);

  test.each(cases.filter(({ refusedBy }) => refusedBy === null))('allowed: $name', (row) => {
    expect(found.get(row)).toEqual([]);
  });

  test.each(cases.filter(({ refusedBy }) => refusedBy !== null))('refused: $name', (row) => {
    expect(found.get(row)).toEqual([expect.stringMatching(`^${row.refusedBy}: `)]);
  });
});
