import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath, provideChromium } from './chromium.js';

const { PATH, PLANWRIGHT_CHROMIUM } = process.env;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pw-chromium-'));
  process.env.PATH = folder; // no program at all, nor any to install one with
  delete process.env.PLANWRIGHT_CHROMIUM;
});
afterEach(async () => {
  process.env.PATH = PATH;
  if (PLANWRIGHT_CHROMIUM === undefined) delete process.env.PLANWRIGHT_CHROMIUM;
  else process.env.PLANWRIGHT_CHROMIUM = PLANWRIGHT_CHROMIUM;
  await rm(folder, { recursive: true });
});
const program = async (name: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, '');
  await chmod(path, 0o755);
  return path;
};

it('finds the browser on the path', async () => {
  const path = await program('google-chrome');
  expect(chromiumPath()).toBe(path);
});

it('takes the one that is named before any other, and tells the workers of the run', async () => {
  await program('chromium');
  const mine = await program('mine');
  process.env.PLANWRIGHT_CHROMIUM = mine;
  expect(await provideChromium()).toBe(`chromium: found at ${mine}`);
  expect(process.env.PLANWRIGHT_CHROMIUM).toBe(mine);
});

it('a named one that is not there is an error, whatever else there is', async () => {
  await program('chromium');
  process.env.PLANWRIGHT_CHROMIUM = join(folder, 'gone');
  expect(chromiumPath).toThrow(`PLANWRIGHT_CHROMIUM names ${join(folder, 'gone')}, which is no program`);
  expect(await provideChromium()).toMatch(/^chromium: PLANWRIGHT_CHROMIUM names/);
});
