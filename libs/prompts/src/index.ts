export { findBlueprint, parseCatalogue } from './catalogue.js';
export type { Catalogue, SourceFile } from './catalogue.js';
export type { TemplateInput, Trust } from './front-matter.js';
export {
  blueprintHash,
  canonicalJson,
  contentHash,
  inputHash,
  inputHashes,
  outputSchema,
  promptHash,
} from './hashes.js';
export type { ModelCall, PromptInputs } from './hashes.js';
export { BUILT_IN_DIR, loadCatalogue, readSources } from './load.js';
export { compareLock, extendLock, lockOf } from './lock.js';
export type { Lock } from './lock.js';
export { pinnedTemplates, pinnedTemplatesSchema, templateFromPinned } from './pin.js';
export type { PinnedTemplates } from './pin.js';
export { inStageOrder, sharedData, sharedPrefix } from './prefix.js';
export type { StagePrompt } from './prefix.js';
export { CatalogueError, PromptError } from './problems.js';
export type { PromptErrorCode, SourceProblem } from './problems.js';
export { estimateTokens, pickInputs, renderPrompt, tooLarge } from './render.js';
export type { RenderedSection } from './render.js';
export type { Template } from './template.js';
