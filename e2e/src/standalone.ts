import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppProcess } from './app-process.js';
import { FAST_WRITER } from './platform.js';
import type { Platform } from './platform.js';

export interface Standalone extends Platform {
  readonly dataDir: string;
  /** Kills it without warning and starts it again on the same data, with the usual fast writer. */
  crash(): Promise<void>;
  /** Stops it in order and starts it again on the same data, with the usual fast writer and what is given. */
  restart(env?: Record<string, string>): Promise<void>;
}

/** One process with everything in it, as `npm start` runs it, on data of its own. */
export async function startStandalone(env: Record<string, string> = {}): Promise<Standalone> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pw-e2e-'));
  const processes: AppProcess[] = [];
  let url = '';
  const current = () => processes.at(-1);
  const start = async (more: Record<string, string> = {}) => {
    const app = new AppProcess({
      name: 'standalone',
      file: 'apps/standalone/dist/main.js',
      env: { ...FAST_WRITER, PORT: '0', PLANWRIGHT_DATA_DIR: dataDir, ...more },
    });
    processes.push(app);
    url = String((await app.said('ready'))['url']);
  };
  await start(env);
  return {
    name: 'standalone',
    get url() {
      return url;
    },
    get urls() {
      return [url];
    },
    processes,
    dataDir,
    halt: () => null,
    async crash() {
      await current()?.kill();
      await start();
    },
    async restart(more) {
      await current()?.stop();
      await start(more);
    },
    async stop() {
      await current()?.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
