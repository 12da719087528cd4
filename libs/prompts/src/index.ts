export { parseCatalogue } from './catalogue.js';
export type { Catalogue, OwnItem, SourceFile } from './catalogue.js';
export { documentText, requirementsText } from './document-texts.js';
export { findBlueprint, planKinds } from './documents.js';
export type { TemplateInput, Trust } from './front-matter.js';
export {
  blueprintHash,
  canonicalJson,
  contentHash,
  documentHash,
  inputHash,
  inputHashes,
  madeFrom,
  outputSchema,
  promptHash,
} from './hashes.js';
export type { ModelCall, PromptInputs } from './hashes.js';
export { BUILT_IN_DIR, loadCatalogue, ownLock, readSources } from './load.js';
export { compareLock, extendLock, lockOf } from './lock.js';
export type { Lock } from './lock.js';
export { pinnedTemplates, pinnedTemplatesSchema, templateFromPinned } from './pin.js';
export type { PinnedTemplates } from './pin.js';
export { inStageOrder, sharedData, sharedPrefix } from './prefix.js';
export type { StagePrompt } from './prefix.js';
export { CatalogueError, problemLine, PromptError } from './problems.js';
export type { PromptErrorCode, SourceProblem } from './problems.js';
export { estimateTokens, pickInputs, renderPrompt, tooLarge } from './render.js';
export type { RenderedSection } from './render.js';
export type { Template } from './template.js';
