export { OrchestratorModule } from './orchestrator.module.js';
export type { OrchestratorParts } from './orchestrator.module.js';
