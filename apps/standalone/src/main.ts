import 'reflect-metadata';
import { runMain } from '@planwright/runtime';
import { startStandalone } from './start-standalone.js';

await runMain('planwright', () => startStandalone(process.env));
