import { readFileSync } from 'node:fs';

/** Modules that the entry for browsers loads at run time; types are erased. */
function loaded(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(new URL(file.replace(/\.js$/, '.ts'), import.meta.url), 'utf8');
  for (const [, name = ''] of source.matchAll(/^(?:import|export) (?!type\b)[^;]*? from '([^']+)';/gm)) {
    if (name.startsWith('./')) loaded(name, seen);
    else seen.add(name);
  }
  return seen;
}

it('the entry for browsers loads nothing but itself: no zod, no Node', () => {
  expect([...loaded('./index.js')].sort()).toEqual(['./index.js', './reduce-run.js', './run-view.js']);
});
