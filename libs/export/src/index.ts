export { sha256Of } from './bundle.js';
export { bundleProblems } from './bundle-problems.js';
export type { ExportedFile } from './exported-file.js';
export { contentDisposition } from './file-name.js';
export { charactersOf, hasUsableVersion } from './printed.js';
export { renderData } from './render-data.js';
