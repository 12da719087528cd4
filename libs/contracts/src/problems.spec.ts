import type { z } from 'zod';
import { fieldErrors, invalidFields, makeProblem, problemHeaders } from './problems.js';
import { eventsQuery } from './rest/events.js';
import { pageQuery } from './rest/lists.js';
import { frameworkProblem, unreadableRequest } from './rest/refusals.js';

const field = (pointer: string) => ({ pointer, code: 'unknown_field', message: 'is not a known field' });

describe('fields at fault', () => {
  it('are all named while they are few', () => {
    const errors = [field('/a'), field('/b')];
    expect(invalidFields(errors)).toMatchObject({
      code: 'invalid_request',
      detail: '/a is not a known field; /b is not a known field.',
      errors,
    });
  });

  it('are the first twenty of many, and the detail says how many more', () => {
    const { detail, errors } = invalidFields(Array.from({ length: 10_000 }, (_, i) => field(`/${i}`)));
    expect(errors).toHaveLength(20);
    expect(detail).toMatch(/\/19 is not a known field; and 9980 more\.$/);
  });

  it('do not make an answer longer than a page, whatever they are called', () => {
    const body = invalidFields(Array.from({ length: 100 }, (_, i) => field(`/${i}${'\n'.repeat(50_000)}`)));
    expect(body.detail).toMatch(/^[^\n]{3,2000}; and 80 more\.$/);
    expect(JSON.stringify(body).length).toBeLessThan(20_000);
  });
});

it.each<[schema: z.ZodType, query: object, message: string]>([
  [pageQuery, { limit: ['5', '6'] }, 'must be a whole number from 1 to 100'],
  [pageQuery, { limit: 'many' }, 'must be a whole number from 1 to 100'],
  [pageQuery, { limit: '0' }, 'must be a whole number from 1 to 100'],
  [pageQuery, { limit: '0.5' }, 'must be a whole number from 1 to 100'],
  [pageQuery, { limit: '101' }, 'must be a whole number from 1 to 100'],
  [eventsQuery, { epoch: 'e', after: 'x' }, 'must be a whole number from 0'],
  [eventsQuery, { epoch: 'e', after: ['1', '2'] }, 'must be a whole number from 0'],
  [eventsQuery, { limit: '1001' }, 'must be a whole number from 1 to 1000'],
  [eventsQuery, { wait: '-1' }, 'must be a whole number from 0 to 30'],
])('query %#: %j is told %j, once', (schema, query, message) => {
  const errors = fieldErrors(schema.safeParse(query).error?.issues ?? []);
  expect(errors.map((error) => error.message)).toEqual([message]);
});

it.each([
  [400, 'POST', '/v1/projects', { code: 'malformed_json', detail: 'Not read.' }],
  [
    404,
    'GET',
    '/plans?x=1',
    { code: 'not_found', detail: 'There is no route GET /plans.', advice: 'See /docs for the routes.' },
  ],
  [404, 'PUT', '/v1/projects', { code: 'method_not_allowed', allow: ['POST', 'GET', 'HEAD'] }],
  [404, 'DELETE', '/v1/runs/7/events', { code: 'method_not_allowed', allow: ['GET', 'HEAD'] }],
  [413, 'POST', '/v1/projects', { code: 'payload_too_large' }],
  [415, 'POST', '/v1/projects', { code: 'unsupported_media_type', detail: 'Not read.' }],
  [500, 'GET', '/v1/projects', { code: 'internal' }],
  [undefined, 'GET', '/v1/projects', { code: 'internal' }],
])('a framework that says %s to %s %s', (status, method, url, expected) => {
  expect(frameworkProblem({ status, message: 'Not read' }, { method, url })).toMatchObject(expected);
});

it.each([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_INVALID_METHOD', 400],
  [undefined, 400],
])('a parser that says %s', (code, status) => {
  expect(unreadableRequest(code).status).toBe(status);
});

it('has the headers that belong to each problem', () => {
  expect(problemHeaders(makeProblem('internal', ''))).toEqual({ 'content-type': 'application/problem+json' });
  expect(problemHeaders(makeProblem('unauthenticated', ''))).toMatchObject({ 'www-authenticate': 'Bearer' });
  expect(problemHeaders(makeProblem('unavailable', ''))).toMatchObject({ 'retry-after': '5' });
  expect(problemHeaders(makeProblem('too_many_runs', '', { retry_after_seconds: 17 }))).toMatchObject({
    'retry-after': '17',
  });
  expect(problemHeaders(makeProblem('method_not_allowed', '', { allow: ['GET', 'HEAD'] }))).toMatchObject({
    allow: 'GET, HEAD',
  });
});
