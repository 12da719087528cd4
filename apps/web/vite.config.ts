import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';

/** Where `npm run dev -w @planwright/web` finds the API; `npm start` answers there. */
const api = process.env['PLANWRIGHT_URL'] ?? 'http://127.0.0.1:3000';

/** Beside each text file its compressed forms, so that the gateway compresses nothing while it serves. */
function compressed(): Plugin {
  let dir = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: ({ build }) => void (dir = build.outDir),
    closeBundle: async () => {
      const names = await readdir(dir, { recursive: true });
      const texts = names.filter((name) => /\.(?:js|css|svg|html)$/.test(name)).map((name) => join(dir, name));
      for (const path of texts) {
        const text = await readFile(path);
        await writeFile(`${path}.gz`, await promisify(gzip)(text, { level: 9 }));
        await writeFile(`${path}.br`, await promisify(brotliCompress)(text));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), compressed()],
  // Sources of the workspace's packages, as everywhere else.
  resolve: { conditions: ['@planwright/source', 'module', 'browser', 'development|production'] },
  build: {
    // The Content-Security-Policy allows files of this origin alone: nothing is inlined, and nothing polyfilled.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    sourcemap: true,
  },
  server: { proxy: { '/v1': { target: api, ws: true } } },
});
