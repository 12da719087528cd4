// Bundles the client into dist/, or into the folder that is given.
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundle } from './bundle.mjs';

const dir = resolve(process.argv[2] ?? join(import.meta.dirname, '..', 'dist'));
await rm(dir, { recursive: true, force: true });
const made = await bundle('index', 'react');
await made.write({ dir, format: 'esm', sourcemap: true, chunkFileNames: 'shared.js' });
await made.close();
