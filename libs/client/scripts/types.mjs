// Writes the declarations of the package beside its bundle in dist/, or into the folder that is given. They name no
// package of the workspace: what the reducer takes from the contracts is taken from the OpenAPI types, which are the same
// (`types.spec.ts` proves it).
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../../..');
const src = join(root, 'libs/client/src');
const live = join(root, 'libs/contracts/src/live');
const out = join(resolve(process.argv[2] ?? join(root, 'libs/client/dist')), 'types');

const SHAPES = `import type { components } from '../openapi.js';
type Schemas = components['schemas'];
export type RunResource = Schemas['Run'];
export type StepResource = RunResource['steps'][number];
export type VersionResource = Schemas['Version'];
export type RunStatus = RunResource['status'];
export type SectionStatus = VersionResource['sections'][number]['status'];
export type RunLiveEvent = Schemas['RunEventsResponse']['events'][number];
export type RunEventBody = RunLiveEvent;
export type RunEndBody = Extract<RunLiveEvent, { type: 'complete' | 'partial' | 'failed' | 'cancelled' }>;
export type ChunkBody = Extract<RunLiveEvent, { type: 'chunk' }>;
`;

const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
// Named here, the reducer counts as a source, not as a package.
const entries = [join(live, 'index.ts'), join(src, 'index.ts'), join(src, 'react/index.ts')];
const program = ts.createProgram(entries, {
  ...options,
  noEmit: false,
  declaration: true,
  emitDeclarationOnly: true,
  rootDir: root,
  outDir: root,
});

const texts = new Map([['contracts/shapes.d.ts', SHAPES]]);
program.emit(undefined, (file, text) => {
  const under = (folder) => file.startsWith(folder + sep);
  if (under(src)) texts.set(relative(src, file), text);
  else if (/[/\\](index|run-view|reduce-run)\.d\.ts$/.test(file) && under(live)) {
    texts.set(join('contracts', relative(live, file)), text);
  }
});
for (const [file, text] of texts) {
  const depth = dirname(file) === '.' ? './' : '../'.repeat(file.split(sep).length - 1);
  const own = text
    .replaceAll("'@planwright/contracts/live'", `'${depth}contracts/index.js'`)
    .replaceAll('"@planwright/contracts/live"', `"${depth}contracts/index.js"`)
    .replaceAll(/'(\.\.\/rest\/\w+|\.\.\/statuses|\.\/events)\.js'/g, (name) =>
      file.startsWith('contracts') ? "'./shapes.js'" : name,
    );
  if (/(from |import\()['"](@planwright|zod)/.test(own)) throw new Error(`${file} names a package of the workspace`);
  await mkdir(dirname(join(out, file)), { recursive: true });
  await writeFile(join(out, file), own);
}
await copyFile(join(root, 'LICENSE'), join(dirname(out), 'LICENSE'));
