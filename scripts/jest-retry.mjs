// A second try for a test that failed, with what it failed of in the output: see TEST_RETRIES in jest.config.mjs.
import { jest } from '@jest/globals';

jest.retryTimes(Number(process.env.TEST_RETRIES), { logErrorsBeforeRetry: true });
