import { CatalogueError, loadCatalogue, problemLine } from '@planwright/prompts';
import type { Catalogue } from '@planwright/prompts';
import { BootError } from '@planwright/runtime';
import type { Logger } from '@planwright/runtime';

/** The documents this deployment can write: what is built in, and over it what `PLANWRIGHT_BLUEPRINTS_DIR` holds. */
export function openCatalogue(config: { PLANWRIGHT_BLUEPRINTS_DIR?: string | undefined }, log: Logger): Catalogue {
  const { PLANWRIGHT_BLUEPRINTS_DIR: dir } = config;
  try {
    const catalogue = loadCatalogue(dir);
    // What stands in place of something built in is never silent.
    for (const { kind, id, version, replaces } of catalogue.own) {
      if (replaces === null) log.info({ kind, id, version }, `${kind} ${id} of your own`);
      else log.warn({ kind, id, version, replaces }, `${kind} ${id} is yours, in place of the built-in one`);
    }
    return catalogue;
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    const { problems } = error;
    const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
    const lines = problems.map((problem) => `  ${problemLine(problem)}`).join('\n');
    throw new BootError(`PLANWRIGHT_BLUEPRINTS_DIR has ${count}:\n${lines}`);
  }
}
