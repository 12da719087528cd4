import fc from 'fast-check';
import { OPENAI_ANSWERS } from '../../test/openai-answers.js';
import { expectMeaning } from '../../test/recorded-answer.js';
import { classify } from './classify.js';

const unknown = { headers: new Headers(), nowMs: 0, host: 'llm.example' };

describe("OpenAI's answers", () => {
  it.each(OPENAI_ANSWERS.map((answer) => [answer.name, answer] as const))('%s', (_, answer) => {
    expectMeaning(answer, classify);
  });

  it.each([
    [400, 'invalid_request'],
    [401, 'auth'],
    [402, 'billing'],
    [403, 'auth'],
    [404, 'invalid_request'],
    [408, 'timeout'],
    [409, 'server_error'],
    [413, 'too_large'],
    [418, 'invalid_request'],
    [422, 'invalid_request'],
    [429, 'rate_limited'],
    [500, 'server_error'],
    [502, 'server_error'],
    [503, 'overloaded'],
    [504, 'timeout'],
    [529, 'overloaded'],
    [599, 'server_error'],
    [null, 'server_error'],
  ])('with status %s and words nobody knows are %s', (status, code) => {
    const body = { error: { message: 'Whatever.', code: 'something_new' } };
    const { failure, refusal } = classify({ ...unknown, status, body });
    expect(failure).toMatchObject({ code, resets_at: null });
    expect(refusal.providerCode).toBe('something_new');
  });

  it('never name an instant beyond a month, whatever they say', () => {
    for (const wait of ['1e400', '9999999999999', '99999999999999999999', '-5', 'Infinity', 'soon']) {
      const { failure } = classify({
        ...unknown,
        status: 429,
        headers: new Headers({ 'retry-after': wait }),
        body: '',
      });
      expect(failure.resets_at === null || Date.parse(failure.resets_at) <= 31 * 86_400_000).toBe(true);
    }
  });

  it('become a failure whatever they are', () => {
    const status = fc.option(fc.integer({ min: 300, max: 599 }));
    fc.assert(
      fc.property(status, fc.oneof(fc.json(), fc.string(), fc.anything()), (status, body) => {
        const { failure } = classify({ ...unknown, status, body });
        expect(failure.detail.length).toBeLessThanOrEqual(2000);
      }),
    );
  });
});
