import { join } from 'node:path';
import { rolldown } from 'rolldown';

const src = join(import.meta.dirname, '..', 'src');
const ENTRIES = { index: join(src, 'index.ts'), react: join(src, 'react', 'index.ts') };

/** Entries as ES modules for browsers and Node, the reducer of `contracts/live` in them; React is left to its owner. */
export function bundle(...names) {
  return rolldown({
    input: Object.fromEntries(names.map((name) => [name, ENTRIES[name]])),
    external: ['react'],
    platform: 'neutral',
    resolve: { conditionNames: ['@planwright/source', 'import', 'default'] },
    onLog(level, log) {
      throw new Error(`${level}: ${log.message}`);
    },
  });
}
