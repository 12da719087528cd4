// TypeScript sources name their neighbours by the file that will exist after the build (`./decide.js`). Jest runs the
// sources, so such a name is looked up as `.ts` first. Packages in node_modules are left to Jest.
const { existsSync } = require('node:fs');
const { resolve, sep } = require('node:path');

module.exports = (request, options) => {
  if (/^\.{1,2}\/.*\.js$/.test(request) && !options.basedir.includes(`${sep}node_modules${sep}`)) {
    const source = resolve(options.basedir, request.replace(/\.js$/, '.ts'));
    if (existsSync(source)) return source;
  }
  return options.defaultResolver(request, options);
};
