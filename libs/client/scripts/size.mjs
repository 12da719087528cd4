// Says as JSON what the core weighs and what it is made of.
import { relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundle } from './bundle.mjs';

const root = new URL('../../..', import.meta.url).pathname;
const made = await bundle('index');
const { output } = await made.generate({ format: 'esm', minify: true });
await made.close();
const [core] = output;
process.stdout.write(
  JSON.stringify({
    bytes: core.code.length,
    gzipBytes: gzipSync(core.code, { level: 9 }).length,
    files: output.length,
    imports: [...core.imports, ...core.dynamicImports],
    modules: core.moduleIds.map((id) => relative(root, id)),
  }),
);
