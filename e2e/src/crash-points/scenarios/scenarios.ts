import { PROCESSES } from './processes.js';
import { REQUESTS } from './requests.js';
import type { Scenario } from './scenario.js';
import { SERVICES } from './services.js';

/** In the order in which they are preferred for a point that several pass. */
export const SCENARIOS: readonly Scenario[] = [...REQUESTS, ...PROCESSES, ...SERVICES];
