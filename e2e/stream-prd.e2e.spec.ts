import { randomUUID } from 'node:crypto';
import { createClient } from '@planwright/client';
import type { Client } from '@planwright/client';
import { liveEnvelope, runEventBody } from '@planwright/contracts';
import type { RunLiveEvent, RunResource, SectionChunk } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import { expectExact } from './src/checks.js';
import { startDistributed } from './src/distributed.js';
import type { Distributed } from './src/distributed.js';
import { IDEA, untilEnded, versionsOf } from './src/driver.js';
import type { Platform } from './src/platform.js';
import { startStandalone } from './src/standalone.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { Transcript } from './src/transcript.js';

interface Message {
  id: string;
  event: string;
  data: unknown;
}

/** Sends a request for a stream. */
function open(url: string, path: string, body: object, headers: Record<string, string> = {}, signal?: AbortSignal) {
  return fetch(`${url}/v1/prds/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** Its messages, as they come. */
async function* messages(response: Response): AsyncGenerator<Message> {
  let buffer = '';
  for await (const some of response.body!.pipeThrough(new TextDecoderStream())) {
    buffer += some;
    const blocks = buffer.split('\n\n');
    buffer = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const data = field('data');
      if (data === undefined) continue;
      yield { id: field('id') ?? '', event: field('event') ?? '', data: JSON.parse(data) };
    }
  }
}

async function all(response: Response): Promise<Message[]> {
  const seen: Message[] = [];
  for await (const message of messages(response)) seen.push(message);
  return seen;
}

/** What was heard of a run, checked event by event. */
function transcriptOf(heard: readonly Message[]): Transcript {
  const transcript = new Transcript();
  for (const { id, data } of heard) {
    if (id === '') continue;
    liveEnvelope.and(runEventBody).parse(data);
    transcript.add(data as RunLiveEvent);
  }
  return transcript;
}

async function newProject(platform: Platform): Promise<{ client: Client; project_id: string }> {
  const client = createClient({ url: platform.url });
  const { id } = await client.projects.create(IDEA);
  return { client, project_id: id };
}

async function streamsWhole(platform: Platform): Promise<void> {
  const { client, project_id } = await newProject(platform);
  const response = await open(platform.url, 'stream/v2', { project_id, mode: 'draft' });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const [first, ...heard] = await all(response);
  const begun = first?.data as RunResource;
  expect(first).toMatchObject({ event: 'run', id: '', data: { project_id, mode: 'draft' } });
  expect(response.headers.get('location')).toBe(`/v1/runs/${begun.id}`);
  expect(begun.documents.map(({ kind }) => kind)).toEqual(['prd']);
  const run = await client.runs.get(begun.id);
  expect(run.status).toBe('succeeded');
  expectExact(transcriptOf(heard), run, await versionsOf(client, run));
}

async function streamsChunks(platform: Platform): Promise<void> {
  const { client, project_id } = await newProject(platform);
  const response = await open(platform.url, 'stream', { project_id, mode: 'draft' });
  expect(response.headers.get('deprecation')).toMatch(/^@\d+$/);
  expect(response.headers.get('link')).toContain('/v1/prds/stream/v2');
  const heard = await all(response);
  const runId = response.headers.get('location')?.split('/').at(-1) ?? '';
  const run = await client.runs.get(runId);
  expect(heard.at(-1)).toEqual({
    id: '',
    event: 'complete',
    data: { run_id: runId, prd_id: run.documents[0]?.id, status: 'complete', error: null },
  });
  const chunks = heard.slice(0, -1).map(({ event, data }) => {
    expect(event).toBe('chunk');
    return data as SectionChunk;
  });
  const written = new Map<string, string>();
  for (const { section_id: id, offset, content } of chunks) {
    expect(offset).toBe(written.get(id)?.length ?? 0);
    written.set(id, (written.get(id) ?? '') + content);
  }
  const { prd } = await versionsOf(client, run);
  expect(Object.fromEntries(written)).toEqual(
    Object.fromEntries((prd?.sections ?? []).map(({ id, content }) => [id, content])),
  );
  // One section after another, although some were written side by side.
  const turns = chunks.map(({ section_id: id }) => id).filter((id, i, ids) => id !== ids[i - 1]);
  expect(turns).toEqual([...new Set(turns)]);
}

async function goesOnWithoutListener(platform: Platform): Promise<void> {
  const { client, project_id } = await newProject(platform);
  const listener = new AbortController();
  const response = await open(platform.url, 'stream/v2', { project_id, mode: 'draft' }, {}, listener.signal);
  const heard: Message[] = [];
  for await (const message of messages(response)) {
    heard.push(message);
    if (message.event === 'chunk') break;
  }
  listener.abort();
  const { id: runId } = heard[0]?.data as RunResource;
  const run = await untilEnded(client, runId, 30_000);
  expect(run.status).toBe('succeeded');
  const rest = await fetch(`${platform.url}/v1/runs/${runId}/events`, {
    headers: { accept: 'text/event-stream', 'last-event-id': heard.at(-1)?.id ?? '' },
  });
  expectExact(transcriptOf([...heard, ...(await all(rest))]), run, await versionsOf(client, run));
}

async function isStartedOnce(platform: Platform): Promise<void> {
  const { client, project_id } = await newProject(platform);
  const body = { project_id, mode: 'draft' };
  const key = { 'idempotency-key': randomUUID() };
  const [one, other] = await Promise.all([
    open(platform.url, 'stream/v2', body, key),
    open(platform.url, 'stream/v2', body, key),
  ]);
  expect(one.headers.get('location')).toBe(other.headers.get('location'));
  expect([one, other].map(({ headers }) => headers.get('idempotent-replayed') ?? 'first').sort()).toEqual([
    'first',
    'true',
  ]);
  const ends = (await Promise.all([all(one), all(other)])).map((heard) => heard.at(-1)?.id);
  expect(ends[0]).toBe(ends[1]);
  expect((await client.runs.list(project_id)).items).toHaveLength(1);
  // A key is held against all that was sent, the project included.
  const { project_id: another } = await newProject(platform);
  const reused = await open(platform.url, 'stream/v2', { ...body, project_id: another }, key);
  expect([reused.status, reused.headers.get('content-type')]).toEqual([
    422,
    expect.stringContaining('application/problem+json'),
  ]);
}

async function refusesTheSecond(platform: Platform): Promise<void> {
  const { client, project_id } = await newProject(platform);
  const run = await client.runs.start(project_id, { documents: ['prd'] });
  const response = await open(platform.url, 'stream/v2', { project_id, mode: 'detailed' });
  expect([response.status, await response.json()]).toEqual([
    409,
    expect.objectContaining({ code: 'run_active', run_id: run.id }),
  ]);
  await client.runs.cancel(run.id);
}

function streams(platform: () => Platform): void {
  test('a run started and followed in one call is heard to the last character', () => streamsWhole(platform()), 30_000);
  test('the older stream shows its text, one section after another', () => streamsChunks(platform()), 30_000);
  test('a connection that is lost cancels nothing', () => goesOnWithoutListener(platform()), 30_000);
  test('a key makes one run of two streams', () => isStartedOnce(platform()), 30_000);
  test('an active run is in the way', () => refusesTheSecond(platform()), 30_000);
}

describe('standalone', () => {
  let platform: Platform;
  beforeAll(async () => void (platform = await startStandalone()), 60_000);
  afterAll(() => platform?.stop(), 60_000);
  streams(() => platform);
});

describe('as four services', () => {
  let platform: Distributed;
  beforeAll(async () => {
    platform = await startDistributed({ env: { PLANWRIGHT_OFFLINE_CHUNK_MS: '4' } });
  }, 60_000);
  afterAll(() => platform?.stop(), 60_000);

  test('a notifier that dies under a stream is replaced, and nothing of the text is lost', async () => {
    const { client, project_id } = await newProject(platform);
    const response = await open(platform.url, 'stream/v2', { project_id, mode: 'draft' });
    const heard: Message[] = [];
    let replaced: Promise<unknown> | undefined;
    for await (const message of messages(response)) {
      heard.push(message);
      if (replaced || message.event !== 'chunk') continue;
      const notifier = platform.processes.find(({ name, running }) => name === 'notifier' && running);
      await notifier!.kill();
      replaced = platform.replace(notifier!);
    }
    await replaced;
    const { id } = heard[0]?.data as RunResource;
    await waitFor(async () => (await client.runs.get(id)).status === 'succeeded', { what: 'the run to succeed' });
    const run = await client.runs.get(id);
    expectExact(transcriptOf(heard), run, await versionsOf(client, run));
  }, 60_000);
});

leaveNothingRunning();
