import { z } from 'zod';
import type { Route } from '@planwright/contracts';
import { isAccepted, refusedByRules } from './request-rules.js';

const JSON_TYPE = 'application/json';

it.each([
  ['*/*', true],
  ['application/json', true],
  ['application/*;q=0.1', true],
  ['text/html, application/xhtml+xml, */*;q=0.8', true],
  ['Application/JSON; charset=utf-8', true],
  ['text/html', false],
  ['', false],
  ['application/json;q=0', false],
  ['application/json;q=0.000, */*', false],
  ['*/*;q=0, application/json', true],
  ['application/jsonx', false],
])('Accept: %s lets JSON pass: %s', (accept, passes) => expect(isAccepted(JSON_TYPE, accept)).toBe(passes));

const route: Route = {
  method: 'GET',
  needs: 'viewer',
  path: '/v1/things',
  summary: 'Things',
  tag: 'things',
  status: 200,
  response: z.object({}),
  problems: [],
};
const asked = { query: {}, accept: undefined };

it('names every parameter that nobody reads', () => {
  expect(refusedByRules(route, { ...asked, query: { a: '1', b: '2' } })).toMatchObject({
    code: 'invalid_request',
    errors: [{ pointer: '?a' }, { pointer: '?b' }],
  });
});

it('leaves parameters to the schema where there is one', () => {
  expect(refusedByRules({ ...route, query: z.object({}) }, { ...asked, query: { a: '1' } })).toBeNull();
});

it('says what there would be where nothing is accepted', () => {
  const produced = { ...route, alsoProduces: ['text/event-stream'] };
  expect(refusedByRules(produced, { ...asked, accept: 'text/html' })).toMatchObject({
    code: 'not_acceptable',
    produces: [JSON_TYPE, 'text/event-stream'],
  });
  expect(refusedByRules(produced, { ...asked, accept: 'text/event-stream' })).toBeNull();
});

it('asks nothing of what has no answer', () => {
  expect(refusedByRules({ ...route, response: null }, { ...asked, accept: 'text/html' })).toBeNull();
});
