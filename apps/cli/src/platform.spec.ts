import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSourceChild, waitFor } from '@planwright/testing';
import { UsageError } from './arguments.js';
import { findPlatform, PlatformError } from './platform.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'plan platform '))));
afterAll(() => rm(folder, { recursive: true }));

/** A program that notes its life in a file and does what is given. */
async function program(name: string, code: string): Promise<{ path: string; life: () => Promise<string> }> {
  const [path, log] = [join(folder, `${name}.mjs`), join(folder, `${name}.log`)];
  await writeFile(log, '');
  await writeFile(
    path,
    `import { appendFileSync } from 'node:fs';
     const note = (text) => appendFileSync(${JSON.stringify(log)}, text + '\\n');
     const ready = () => process.send({ type: 'ready', url: 'http://127.0.0.1:1234' });
     const end = (why, code) => { note(why); process.exit(code); };
     process.on('SIGTERM', () => end('terminated', 0));
     process.on('SIGINT', () => end('interrupted', 0));
     process.on('disconnect', () => end('left alone', 0));
     note('pid ' + process.pid);
     ${code}`,
  );
  return { path, life: () => readFile(log, 'utf8') };
}
/** An address where nobody listens. */
async function quietUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await waitFor(() => server.listening, { what: 'a port' });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
async function find(path: string, interrupted = new AbortController().signal, env: NodeJS.ProcessEnv = {}) {
  const said: string[] = [];
  const localUrl = await quietUrl();
  const platform = await findPlatform({ env, err: (text) => said.push(text), interrupted, program: path, localUrl });
  return { platform, said };
}

it('starts one on a port of its own, for this machine only, and ends it in order', async () => {
  const { path, life } = await program(
    'good',
    `note([process.env.PORT, process.env.HOST, process.env.X].join(' ')); ready();`,
  );
  const { platform, said } = await find(path, undefined, { X: 'kept', PORT: '3000', HOST: '0.0.0.0' });
  expect(said).toEqual(['Starting the platform for this plan ...\n']);
  expect(platform?.url).toBe('http://127.0.0.1:1234');
  await platform?.stop();
  expect(await life()).toMatch(/^pid \d+\n0 127\.0\.0\.1 kept\nterminated\n$/);
  expect(platform?.gone.aborted).toBe(false);
});

it('a group of its own keeps it from hearing Ctrl-C in the terminal', async () => {
  const { path, life } = await program('group', 'ready();');
  const { platform } = await find(path);
  const pid = Number(/pid (\d+)/.exec(await life())?.[1]);
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // Field 5 is the process group; only Linux shows it so.
  if (stat !== null) expect(Number(stat.split(') ')[1]?.split(' ')[2])).toBe(pid);
  await platform?.stop();
});

it('says why when it does not start', async () => {
  const { path } = await program('taken', `console.error('planwright: the data folder is in use.'); process.exit(1);`);
  await expect(find(path)).rejects.toThrow(
    new PlatformError('The platform did not start.\nplanwright: the data folder is in use.'),
  );
});

it('says that it is not built', async () => {
  await expect(find(join(folder, 'none.mjs'))).rejects.toThrow('The platform is not built: run `npm run build` first.');
});

it('tells when it ends by itself', async () => {
  const { path } = await program(
    'dies',
    `ready(); console.error('Out of disk.'); setTimeout(() => process.exit(1), 50);`,
  );
  const { platform } = await find(path);
  await waitFor(() => platform?.gone.aborted, { what: 'the news' });
  expect(platform?.gone.reason).toEqual(
    new PlatformError('The platform ended unexpectedly; what was written so far is kept in its data.\nOut of disk.'),
  );
  await platform?.stop();
});

it('is ended when a person interrupts its start', async () => {
  const { path, life } = await program('slow', 'setInterval(() => undefined, 1000);');
  const interruption = new AbortController();
  const finding = find(path, interruption.signal);
  await waitFor(async () => (await life()).includes('pid'), { what: 'the program to start' });
  interruption.abort();
  expect((await finding).platform).toBeNull();
  expect(await life()).toContain('terminated');
});

it('does not outlive who started it, even if that is killed', async () => {
  const { path, life } = await program('orphan', 'ready();');
  const source = fileURLToPath(new URL('./platform.ts', import.meta.url));
  const options = `{ env: {}, err() {}, interrupted: new AbortController().signal, program: ${JSON.stringify(path)}, localUrl: ${JSON.stringify(await quietUrl())} }`;
  const parent = await startSourceChild({
    code: `import { findPlatform } from ${JSON.stringify(source)}; console.log((await findPlatform(${options})).url);`,
  });
  expect(await parent.nextLine()).toBe('http://127.0.0.1:1234');
  await parent.kill('SIGKILL');
  await waitFor(async () => (await life()).endsWith('left alone\n'), { what: 'the end of the platform' });
});

describe('one that runs already', () => {
  async function answering(body: string) {
    const server = createServer((_request, response) => response.end(body)).listen(0, '127.0.0.1');
    await waitFor(() => server.listening, { what: 'a port' });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const close = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    return { url, close };
  }
  const quiet = { err: () => undefined, interrupted: new AbortController().signal };

  it.each([['localUrl'], ['PLANWRIGHT_URL']])('is used, and left alone at the end (%s)', async (where) => {
    const server = await answering('{"status":"ok","service":"planwright"}');
    const options =
      where === 'localUrl' ? { env: {}, localUrl: server.url } : { env: { PLANWRIGHT_URL: `${server.url}/` } };
    const platform = await findPlatform({ ...quiet, ...options, program: '/none' });
    expect(platform?.url).toMatch(server.url);
    await platform?.stop();
    await server.close();
  });

  it.each([['{"status":"ok","service":"other"}'], ['<h1>Hello</h1>'], ['null']])(
    'is no other program (%s)',
    async (body) => {
      const server = await answering(body);
      const { path } = await program('beside', 'ready();');
      const platform = await findPlatform({ ...quiet, env: {}, localUrl: server.url, program: path });
      expect(platform?.url).toBe('http://127.0.0.1:1234');
      await platform?.stop();
      const asked = findPlatform({ ...quiet, env: { PLANWRIGHT_URL: server.url }, program: path });
      await expect(asked).rejects.toThrow(`No Planwright answers at PLANWRIGHT_URL (${server.url}).`);
      await server.close();
    },
  );

  it.each([['localhost:3000'], ['ftp://localhost'], ['nonsense']])('has an address, which %s is not', async (url) => {
    await expect(findPlatform({ ...quiet, env: { PLANWRIGHT_URL: url } })).rejects.toThrow(UsageError);
  });
});
