// Jest loads a globalSetup outside its module system, so neither its resolver nor its transform helps there. These two
// rules let Node run our TypeScript sources as they are: it erases the types by itself, and the files reached from
// here use no decorators. They repeat scripts/jest-resolver.cjs and `customExportConditions` of jest.config.mjs.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
      if (existsSync(fileURLToPath(source))) return nextResolve(source.href, context);
    }
    return nextResolve(specifier, { ...context, conditions: ['@planwright/source', ...(context.conditions ?? [])] });
  },
});
