import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { problem as problemShape } from '@planwright/contracts';
import { startDistributed } from './src/distributed.js';
import type { Distributed } from './src/distributed.js';
import { FAULTS, isForwarded, wrongMethods } from './src/faults/faults.js';
import type { Cast } from './src/faults/faults.js';
import { operationsOf, rightRequest } from './src/faults/operations.js';
import type { OpenApi, Operation, Request } from './src/faults/operations.js';
import { rowCounts } from './src/rows.js';
import { addTenant, makeThings, THEIR_MARK } from './src/tenants.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

const KEY = 'pw_test_first-key-of-default';
const THEIR_KEY = 'pw_test_key-of-another-workspace';
const REVOKED_KEY = 'pw_test_key-that-was-one-once';
const cast: Cast = {
  ...{ key: KEY, revokedKey: REVOKED_KEY, expiredKey: 'pw_test_key-that-has-expired' },
  ...{ viewerKey: 'pw_test_key-that-only-reads', theirs: {} },
};

/** Requests at a time. */
const AT_ONCE = 8;

// Nothing is written here, so nobody has to write.
let platform: Distributed;
let operations: Operation[];
beforeAll(async () => {
  platform = await startDistributed({
    orchestrators: 0,
    generators: 0,
    env: {
      PLANWRIGHT_AUTH: 'required',
      PLANWRIGHT_BOOTSTRAP_KEY: KEY,
      PLANWRIGHT_REQUESTS_PER_MINUTE: '0',
      PLANWRIGHT_REFUSED_KEYS_PER_MINUTE: '0',
    },
  });
  operations = operationsOf((await (await fetch(`${platform.url}/openapi.json`)).json()) as OpenApi);
  await addTenant(platform.databaseUrl, THEIR_KEY);
  await addTenant(platform.databaseUrl, REVOKED_KEY, { revoked: true });
  await addTenant(platform.databaseUrl, cast.expiredKey, { expired: true });
  await addTenant(platform.databaseUrl, cast.viewerKey, { role: 'viewer' });
  cast.theirs = await makeThings(platform.url, THEIR_KEY);
}, 60_000);
afterAll(() => platform?.stop(), 60_000);

interface Seen {
  request: string;
  status: number;
  text: string;
  headers: Headers;
}

/** By Node's own client, as `fetch` sends no `Content-Length` but the right one. */
async function send({ method, path, headers, body, declaredBytes }: Request): Promise<Seen> {
  const length = declaredBytes !== undefined && { 'content-length': declaredBytes };
  const sent = request(platform.url + path, { method, headers: { ...headers, ...length } });
  if (declaredBytes === undefined) sent.end(body);
  else sent.write('"');
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += part;
  if (declaredBytes !== undefined) sent.destroy();
  const answered = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as [string, string]);
  return { request: `${method} ${path}`, status: response.statusCode ?? 0, text, headers: new Headers(answered) };
}

/** All of them, some at a time; answers in their order. */
async function sendAll(requests: readonly Request[]): Promise<Seen[]> {
  const answers: Seen[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < requests.length; i = next++) answers[i] = await send(requests[i]!);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

interface Wanted {
  what: string;
  status: number;
  code: string;
  pointer?: string | undefined;
}

/** Everything that is not as it should be, in words. */
function faultsOf({ request, status, text, headers }: Seen, wanted: Wanted): string[] {
  const said = (what: string) => `${wanted.what}: ${request}: ${what}`;
  const type = headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) return [said(`${status} ${type} ${text.slice(0, 200)}`)];
  const parsed = problemShape.safeParse(JSON.parse(text));
  if (!parsed.success) return [said(`no problem: ${text.slice(0, 200)}`)];
  const { code, errors = [], request_id: id } = parsed.data;
  const found: string[] = [];
  if (status !== wanted.status || parsed.data.status !== wanted.status || code !== wanted.code) {
    found.push(said(`${status} ${code} (${parsed.data.detail}), not ${wanted.status} ${wanted.code}`));
  }
  if (wanted.pointer !== undefined && !errors.some(({ pointer }) => pointer === wanted.pointer)) {
    found.push(said(`names ${errors.map(({ pointer }) => pointer).join(', ')}, not ${wanted.pointer}`));
  }
  if (!id) found.push(said('no request_id'));
  if (status === 405 && !headers.get('allow')) found.push(said('no Allow'));
  if (status === 401 && !headers.get('www-authenticate')) found.push(said('no challenge'));
  if (text.includes(THEIR_MARK)) found.push(said('shows what another tenant has'));
  return found;
}

test('every route refuses every fault as a problem of the right kind, and nothing is changed', async () => {
  expect(operations.length).toBeGreaterThan(40);
  const cases = FAULTS.flatMap((fault) =>
    operations
      .filter((operation) => fault.of?.(operation) ?? true)
      .map((operation) => ({
        request: fault.request(operation, cast),
        wanted: { what: fault.name, ...fault, pointer: fault.pointer?.(operation) },
      })),
  );
  const methods = wrongMethods(operations, KEY).map((request) => ({
    request,
    wanted: { what: 'a wrong method', status: 405, code: 'method_not_allowed', pointer: undefined },
  }));
  const all = [...cases, ...methods];
  const before = await rowCounts(platform.databaseUrl);
  const answers = await sendAll(all.map(({ request }) => request));
  expect(answers.flatMap((answer, i) => faultsOf(answer, all[i]!.wanted))).toEqual([]);
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  expect(await rowCounts(platform.databaseUrl)).toEqual(before);
  // Some hundreds: should the description lose its operations, this says so.
  expect(all.length).toBeGreaterThan(500);
}, 90_000);

test('lists show nothing of another tenant, who has something to show', async () => {
  const lists = operations.filter(({ method, parameters }) => method === 'GET' && parameters.length === 0);
  const asked = (key: string) => sendAll(lists.map((operation) => rightRequest(operation, key)));
  const [ours, theirs] = [await asked(KEY), await asked(THEIR_KEY)];
  expect(ours.map(({ status }) => status)).toEqual(ours.map(() => 200));
  expect(ours.filter(({ text }) => text.includes(THEIR_MARK))).toEqual([]);
  expect(theirs.some(({ text }) => text.includes(THEIR_MARK))).toBe(true);
  const shown = await sendAll(
    operations
      .filter(({ method, parameters }) => method === 'GET' && parameters.length === 1)
      .filter((operation) => !isForwarded(operation))
      .map((operation) => rightRequest(operation, THEIR_KEY, cast.theirs)),
  );
  // The same ids that are 404 for us are answered to those they belong to.
  expect(shown.filter(({ status }) => status !== 200).map(({ request, status }) => `${request} ${status}`)).toEqual([]);
}, 60_000);

leaveNothingRunning();
