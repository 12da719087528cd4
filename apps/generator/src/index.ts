export { configSchema, GENERATOR_QUEUES, generatorFields, generatorMessages } from './config.js';
export type { GeneratorConfig, GeneratorQueue } from './config.js';
export { GeneratorModule } from './generator.module.js';
export type { GeneratorParts } from './generator.module.js';
export { startGenerator } from './start-generator.js';
export { RunningSteps } from './steps/running-steps.js';
