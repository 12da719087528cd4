import { EventEmitter } from 'node:events';
import type { ClientRequest } from 'node:http';
import http from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import { jest } from '@jest/globals';
import OpenAI from 'openai';
import { connectionFailure } from './connection-failure.js';
import { NoAnswer, patientFetch } from './patient-fetch.js';

const coded = (code: string) =>
  Object.assign(new Error(`connect to http://user:secret@llm.example: ${code}`), { code });

const sdk = { apiKey: 'sk-test', baseURL: 'http://llm.example', maxRetries: 0, logLevel: 'off' as const };

describe('the failure of a connection', () => {
  it.each([
    ['ECONNREFUSED', 'llm.example refused the connection: nothing listens there'],
    ['ENOTFOUND', 'the name of llm.example could not be looked up'],
    ['EAI_AGAIN', 'the name of llm.example could not be looked up'],
    ['ECONNRESET', 'the connection to llm.example was reset'],
    ['EPIPE', 'the connection to llm.example was reset'],
    ['ETIMEDOUT', 'llm.example could not be reached'],
    ['EPROTO', 'no secure connection to llm.example could be made'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no secure connection to llm.example could be made'],
    ['CERT_HAS_EXPIRED', 'the certificate of llm.example is not trusted'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate of llm.example is not trusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the certificate of llm.example is not trusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate of llm.example is not trusted'],
    ['HPE_INVALID_CONSTANT', 'llm.example did not answer in HTTP'],
    ['ERR_STREAM_PREMATURE_CLOSE', 'the connection to llm.example broke'],
  ])('tells %s in words', (code, sentence) => {
    const failure = connectionFailure(coded(code), 'llm.example')?.failure;
    expect(failure).toEqual({ code: 'connection', detail: `${sentence} (${code})`, resets_at: null });
  });

  it('finds the code within causes, and among the attempts of several addresses', () => {
    const attempts = new AggregateError([coded('ETIMEDOUT'), coded('ECONNREFUSED')]);
    const error = new Error('Connection error.', { cause: new Error('failed', { cause: attempts }) });
    expect(connectionFailure(error, 'llm.example')?.failure.detail).toContain('(ETIMEDOUT)');
  });

  it('keeps what was known of the call', () => {
    const usage = {
      input_tokens: 1,
      output_tokens: 2,
      cached_input_tokens: 0,
      cache_write_tokens: 0,
      reasoning_tokens: 0,
      estimated: false,
    };
    const { refusal } = connectionFailure(coded('ECONNRESET'), 'llm.example', { requestId: 'req_1', usage }) ?? {};
    expect(refusal).toMatchObject({ requestId: 'req_1', usage, status: null });
  });

  it.each([
    ['OpenAI', async () => new OpenAI({ ...sdk, fetch: patientFetch }).models.list()],
    ['Anthropic', async () => new Anthropic({ ...sdk, fetch: patientFetch }).models.list()],
  ])('has its code behind the SDK of %s, also where that reads of a timeout', async (_, call) => {
    const request = jest.spyOn(http, 'request').mockImplementation(() => {
      const silent = new EventEmitter() as ClientRequest;
      silent.end = () => {
        silent.emit('error', Object.assign(new Error('connect ETIMEDOUT 192.0.2.1:443'), { code: 'ETIMEDOUT' }));
        return silent;
      };
      return silent;
    });
    const error: unknown = await call().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    request.mockRestore();
    expect(connectionFailure(error, 'llm.example')?.failure).toEqual({
      code: 'connection',
      detail: 'llm.example could not be reached (ETIMEDOUT)',
      resets_at: null,
    });
  });

  it('is one of an answer that is none, though nothing has a code', () => {
    const error = new Error('Connection error.', { cause: new NoAnswer(new RangeError('status of 999')) });
    expect(connectionFailure(error, 'llm.example')?.failure.detail).toBe('llm.example gave no answer that can be read');
  });

  it('is one of an event that is not JSON: a repair would help nobody', () => {
    expect(connectionFailure(new SyntaxError('Unexpected token'), 'llm.example')?.failure).toMatchObject({
      code: 'connection',
      detail: expect.stringContaining('llm.example sent an event that is not JSON'),
    });
  });

  it('is none of an error that the system did not make', () => {
    expect(connectionFailure(new TypeError('undefined is not a function'), 'llm.example')).toBeNull();
    expect(connectionFailure('thrown', 'llm.example')).toBeNull();
  });
});
