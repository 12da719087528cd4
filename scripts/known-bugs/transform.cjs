// Jest's transform of `npm run test:bugs`: SWC, after one known bug was put into the sources.
const { createHash } = require('node:crypto');
const { relative, sep } = require('node:path');
const swc = require('@swc/jest');
const { BUGS, withBug } = require('./bugs.mjs');

const root = process.cwd();

module.exports = {
  createTransformer({ bug: name, ...options }) {
    const inner = swc.createTransformer(options);
    const bug = BUGS.find((one) => one.name === name);
    if (!bug) throw new Error(`no known bug is called "${name}"`);
    return {
      getCacheKey: (...of) =>
        createHash('sha256')
          .update(inner.getCacheKey(...of))
          .update(JSON.stringify(bug))
          .digest('hex'),
      process(text, path, ...rest) {
        const file = relative(root, path).split(sep).join('/');
        return inner.process(withBug(bug, file, text), path, ...rest);
      },
    };
  },
};
