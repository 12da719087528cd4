import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

// As in `npm start`: this test is the terminal, `starter.mjs` is scripts/run.mjs, `program.mjs` is an app.
const folder = mkdtempSync(join(tmpdir(), 'planwright with a space '));
const children = pathToFileURL(join(import.meta.dirname, 'children.mjs')).href;

beforeAll(() => {
  writeFileSync(
    join(folder, 'starter.mjs'),
    `import { ended, endLike, passSignals, startNode } from ${JSON.stringify(children)};
     const child = startNode(process.execPath, ${JSON.stringify(join(folder, 'program.mjs'))}, process.argv.slice(2));
     passSignals(() => [child]);
     endLike(await ended(child));`,
  );
  writeFileSync(
    join(folder, 'program.mjs'),
    `const [how, detail] = process.argv.slice(2);
     if (how === 'exit') process.exit(Number(detail));
     if (how === 'kill') process.kill(process.pid, detail);
     process.on('SIGINT', () => console.log('SIGINT'));
     process.on('SIGTERM', () => { console.log('SIGTERM'); process.exit(Number(detail)); });
     setInterval(() => undefined, 1000);
     console.log('ready ' + process.pid);`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

let starter: ChildProcess | undefined;
afterEach(() => void starter?.kill('SIGKILL'));

async function start(...args: string[]) {
  starter = spawn(process.execPath, [join(folder, 'starter.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own, as a terminal gives to each command.
    detached: true,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const end = once(starter, 'exit');
  const lines = createInterface({ input: starter.stdout! })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  return { end, line, pid: starter.pid! };
}

describe('a started program', () => {
  test.each([0, 3, 130])('passes its exit code %i on', async (code) => {
    const { end } = await start('exit', String(code));
    expect(await end).toEqual([code, null]);
  });

  test('that ends by a signal ends its starter by the same', async () => {
    const { end } = await start('kill', 'SIGKILL');
    expect(await end).toEqual([null, 'SIGKILL']);
  });

  test('gets one SIGINT for one press of Ctrl-C, though the terminal and npm both send it', async () => {
    const { end, line, pid } = await start('wait', '7');
    expect(await line()).toMatch(/^ready/);
    process.kill(-pid, 'SIGINT');
    process.kill(pid, 'SIGINT');
    expect(await line()).toBe('SIGINT');
    process.kill(pid, 'SIGTERM');
    expect(await line()).toBe('SIGTERM');
    expect(await end).toEqual([7, null]);
  });

  test('is asked to end when its starter is killed outright', async () => {
    const { line, pid } = await start('wait', '0');
    expect(await line()).toMatch(/^ready/);
    process.kill(-pid, 'SIGKILL');
    expect(await line()).toBe('SIGTERM');
  });
});
