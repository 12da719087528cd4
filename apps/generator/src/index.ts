export { configSchema, GENERATOR_QUEUES, generatorFields, generatorMessages, generatorSlots } from './config.js';
export type { GeneratorConfig, GeneratorQueue } from './config.js';
export { GeneratorModule } from './generator.module.js';
export type { GeneratorParts } from './generator.module.js';
export { SlotAnnouncer } from './slot-announcer.js';
export { startGenerator } from './start-generator.js';
export { RunningSteps } from './steps/running-steps.js';
export { createLlm } from './llm.js';
