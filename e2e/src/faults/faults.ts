import { rightRequest } from './operations.js';
import type { Operation, Request } from './operations.js';

/** What the requests are made with. */
export interface Cast {
  key: string;
  revokedKey: string;
  expiredKey: string;
  /** It may read, and nothing else. */
  viewerKey: string;
  /** Ids of things of another workspace, by the word before them in a path. */
  theirs: Record<string, string>;
}

/** One way in which a request can be wrong. */
export interface Fault {
  name: string;
  /** Operations it can be made of. Default: all. */
  of?: (operation: Operation) => boolean;
  request: (operation: Operation, cast: Cast) => Request;
  status: number;
  code: string;
  /** Where the problem has to say it is. */
  pointer?: (operation: Operation) => string;
}

const withBody = ({ body }: Operation) => body !== undefined;
const right = (operation: Operation, { key }: Cast) => rightRequest(operation, key);
const withHeaders = (request: Request, headers: Record<string, string>): Request => ({
  ...request,
  headers: { ...request.headers, ...headers },
});
const without = (request: Request, header: string): Request => ({
  ...request,
  headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== header)),
});
const withParameter = (request: Request, parameter: string): Request => ({
  ...request,
  path: `${request.path}${request.path.includes('?') ? '&' : '?'}${parameter}`,
});

/** Another tenant's ids can be named in the path, or as the project in the body. */
const namesThings = ({ parameters, body }: Operation) =>
  parameters.length > 0 || (body !== undefined && 'project_id' in body);
/** The notifier answers it, which looks at nothing but `text/event-stream`. */
export const isForwarded = ({ path }: Operation) => path.endsWith('/events');

export const FAULTS: readonly Fault[] = [
  {
    name: 'no key',
    request: (operation, cast) => without(right(operation, cast), 'authorization'),
    status: 401,
    code: 'unauthenticated',
  },
  {
    name: 'a key nobody has',
    request: (operation) => rightRequest(operation, 'pw_test_a-key-that-nobody-has'),
    status: 401,
    code: 'unauthenticated',
  },
  {
    name: 'another scheme',
    request: (operation, cast) => withHeaders(right(operation, cast), { authorization: `Basic ${cast.key}` }),
    status: 401,
    code: 'unauthenticated',
  },
  {
    name: 'a revoked key',
    request: (operation, { revokedKey }) => rightRequest(operation, revokedKey),
    status: 401,
    code: 'unauthenticated',
  },
  {
    name: 'a key that has expired',
    request: (operation, { expiredKey }) => rightRequest(operation, expiredKey),
    status: 401,
    code: 'unauthenticated',
  },
  {
    name: 'a role that is too small',
    of: ({ needs }) => needs !== 'viewer',
    request: (operation, { viewerKey }) => rightRequest(operation, viewerKey),
    status: 403,
    code: 'forbidden',
  },
  {
    name: "another tenant's ids",
    of: namesThings,
    request: (operation, { key, theirs }) => rightRequest(operation, key, theirs),
    status: 404,
    code: 'not_found',
  },
  { name: 'ids nobody has', of: namesThings, request: right, status: 404, code: 'not_found' },
  {
    name: 'an id that is none',
    of: ({ parameters }) => parameters.length > 0,
    request: (operation, cast) => {
      const [name] = operation.parameters;
      const request = right({ ...operation, path: operation.path.replace(`{${name}}`, '7') }, cast);
      return request;
    },
    status: 400,
    code: 'invalid_request',
    pointer: ({ parameters }) => `{${parameters[0]}}`,
  },
  {
    name: 'a wrong type',
    of: withBody,
    request: (operation, cast) => withHeaders(right(operation, cast), { 'content-type': 'text/plain' }),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    name: 'a body that is too large',
    of: withBody,
    request: (operation, cast) => ({ ...right(operation, cast), declaredBytes: operation.maxBodyBytes + 1 }),
    status: 413,
    code: 'payload_too_large',
  },
  {
    name: 'malformed JSON',
    of: withBody,
    request: (operation, cast) => ({ ...right(operation, cast), body: '{"name": ' }),
    status: 400,
    code: 'malformed_json',
  },
  {
    name: 'a poisoned prototype',
    of: withBody,
    request: (operation, cast) => ({ ...right(operation, cast), body: '{"__proto__": {"x": 1}}' }),
    status: 400,
    code: 'malformed_json',
  },
  {
    name: 'a body that is a list',
    of: withBody,
    request: (operation, cast) => ({ ...right(operation, cast), body: '[]' }),
    status: 400,
    code: 'invalid_request',
  },
  {
    name: 'an unknown field',
    of: withBody,
    request: (operation, cast) => ({
      ...right(operation, cast),
      body: JSON.stringify({ ...operation.body, colour: 'red' }),
    }),
    status: 400,
    code: 'invalid_request',
    pointer: () => '/colour',
  },
  {
    name: 'an unknown parameter',
    request: (operation, cast) => withParameter(right(operation, cast), 'colour=red'),
    status: 400,
    code: 'invalid_request',
    pointer: () => '?colour',
  },
  {
    name: 'a type that nobody answers',
    of: (operation) => operation.produces.length > 0 && !isForwarded(operation),
    request: (operation, cast) => withHeaders(right(operation, cast), { accept: 'image/png' }),
    status: 406,
    code: 'not_acceptable',
  },
  {
    name: 'no If-Match where it has to be',
    of: ({ headers }) => headers['if-match'] === true,
    request: (operation, cast) => without(right(operation, cast), 'if-match'),
    status: 428,
    code: 'precondition_required',
  },
  {
    name: 'an If-Match that is none',
    of: ({ headers }) => 'if-match' in headers,
    request: (operation, cast) => withHeaders(right(operation, cast), { 'if-match': 'latest' }),
    status: 400,
    code: 'invalid_request',
    pointer: () => 'If-Match',
  },
  {
    name: 'an Idempotency-Key that is none',
    of: ({ headers }) => 'idempotency-key' in headers,
    request: (operation, cast) => withHeaders(right(operation, cast), { 'idempotency-key': 'a b' }),
    status: 400,
    code: 'invalid_request',
    pointer: () => 'Idempotency-Key',
  },
];

/** An operation of which nothing matters but the path. */
const NOTHING = {
  id: '',
  method: '',
  needs: 'viewer',
  parameters: [],
  headers: {},
  body: undefined,
  maxBodyBytes: 0,
  produces: [],
};
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Requests with methods that their path does not have. */
export function wrongMethods(operations: readonly Operation[], key: string): Request[] {
  return [...new Set(operations.map(({ path }) => path))].flatMap((path) =>
    METHODS.filter((method) => !operations.some((one) => one.method === method && serves(one.path, path))).map(
      (method) => ({
        ...rightRequest({ ...NOTHING, path }, key),
        method,
        headers: { authorization: `Bearer ${key}` },
        body: undefined,
      }),
    ),
  );
}

/** True where the one path is the other, or has a parameter in its place: `/projects/{id}` serves `/projects/import`. */
const serves = (template: string, path: string) =>
  new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
