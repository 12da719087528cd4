import { createInProcessLive } from '@planwright/live';
import { runLiveCases } from './contract/run-cases.js';

describe('the live feed over the in-process log', () => runLiveCases(createInProcessLive));
