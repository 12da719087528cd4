import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RunEventBody, RunLiveEvent } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import { FeedServer, send, sendProblem, startStream } from '../test/feed-server.js';
import { createClient } from './client.js';
import type { Followed, FollowOptions } from './follow.js';
import { PlanwrightError, UnreachableError } from './problem-error.js';

const RUN = '0199f3a2-7c1e-7a43-9d52-000000000001';
const place = { run_id: RUN, document: 'prd', document_id: '0199f3a2-7c1e-7a43-9d52-000000000002', section_id: 'one' };

/** A run of one section, written in five chunks, as one epoch of its log holds it. */
function logOf(epoch: string): RunLiveEvent[] {
  const words = ['Players ', 'waste ', 'evenings ', 'looking ', 'for a 🎾 court.'];
  const content = words.join('');
  let offset = 0;
  const chunks = words.map((word) => {
    const body = { type: 'chunk' as const, ...place, attempt: 1, offset, content: word };
    offset += word.length;
    return body;
  });
  const bodies: RunEventBody[] = [
    { type: 'stage', ...place, stage: 1, sections: ['one'] },
    { type: 'section_started', ...place, attempt: 1 },
    ...chunks,
    {
      type: 'section_complete',
      ...place,
      attempt: 1,
      title: 'One',
      content,
      length: content.length,
      sha256: 'd'.repeat(64),
    },
    { type: 'complete', run_id: RUN, prd_id: place.document_id, error: null, problem: null },
  ];
  return bodies.map((body, i) => ({
    v: 1,
    channel: `run.${RUN}`,
    epoch,
    seq: i + 1,
    ts: '2026-11-21T09:30:00.000Z',
    ...body,
  }));
}
const log = logOf('a');
const asFollowed = (events: RunLiveEvent[]): Followed[] => events.map((event) => ({ type: 'event', event }));

let feed: FeedServer;
afterEach(() => feed.close());

const lastSeqOf = ({ headers }: IncomingMessage) => Number(String(headers['last-event-id'] ?? ':0').split(':')[1]);

const follow = (options: FollowOptions = {}) =>
  createClient({ url: feed.url }).runs.follow(RUN, { transport: 'sse', firstWaitMs: 5, ...options });

async function all(followed: AsyncIterable<Followed>): Promise<Followed[]> {
  const got: Followed[] = [];
  for await (const one of followed) got.push(one);
  return got;
}
const nothingOpen = () => waitFor(() => feed.open === 0, { what: 'every connection to be closed' });

/** Serves `log` from where the client is; `after` gets the response when the next event's turn has come. */
function serving(events: RunLiveEvent[], turn: (response: ServerResponse, seq: number, connection: number) => boolean) {
  return FeedServer.start((request, response, connection) => {
    startStream(response);
    for (const event of events.slice(lastSeqOf(request))) {
      if (!turn(response, event.seq, connection)) return;
      send(response, event);
    }
  });
}

describe('a whole run', () => {
  it('is read in order, asked for once, and its connection is closed after the end', async () => {
    feed = await serving(log, () => true);
    expect(await all(follow())).toEqual(asFollowed(log));
    expect(feed.requests).toMatchObject([{ method: 'GET', url: `/v1/runs/${RUN}/events`, lastEventId: undefined }]);
    expect(feed.requests[0]?.headers.accept).toBe('text/event-stream');
    await nothingOpen();
  });

  it('goes on after a given position', async () => {
    feed = await serving(log, () => true);
    expect(await all(follow({ from: { epoch: 'a', seq: 4 } }))).toEqual(asFollowed(log.slice(4)));
    expect(feed.requests[0]?.lastEventId).toBe('a:4');
  });

  it('ends when the server says that everything was read (204)', async () => {
    feed = await FeedServer.start((_request, response) => response.writeHead(204).end());
    expect(await all(follow({ from: { epoch: 'a', seq: 9 } }))).toEqual([]);
    expect(feed.requests).toHaveLength(1);
  });

  it('hides heartbeats, unknown news of the connection, and events seen before', async () => {
    feed = await FeedServer.start((_request, response) => {
      startStream(response);
      response.write(': hello\n\nevent: welcome\ndata: {"type":"welcome"}\n\n');
      send(response, ...log.slice(0, 3), ...log.slice(1, 3));
      response.write('event: heartbeat\ndata: {"type":"heartbeat","ts":"2026-11-21T09:30:00.000Z"}\n\n');
      send(response, ...log.slice(3));
    });
    expect(await all(follow())).toEqual(asFollowed(log));
  });

  it('hands on types this release does not know', async () => {
    const unknown = { ...log[0], type: 'of_tomorrow', seq: 2 } as unknown as RunLiveEvent;
    const end = { ...log.at(-1)!, seq: 3 };
    feed = await FeedServer.start((_request, response) => {
      startStream(response);
      send(response, log[0]!, unknown, end);
    });
    expect(await all(follow())).toEqual(asFollowed([log[0]!, unknown, end]));
  });
});

describe('a cut', () => {
  const cuts = log.flatMap(({ seq }) => [
    { seq, how: 'ended in order' },
    { seq, how: 'torn off' },
    { seq, how: 'torn off in the middle of the event' },
  ]);

  it.each(cuts)('before event $seq, $how, loses and repeats nothing', async ({ seq, how }) => {
    feed = await serving(log, (response, next, connection) => {
      if (connection > 1 || next !== seq) return true;
      if (how === 'torn off in the middle of the event') response.write(`id: a:${seq}\nevent: chunk\ndata: {"v":1,`);
      if (how === 'ended in order') response.end();
      else setImmediate(() => response.destroy());
      return false;
    });
    expect(await all(follow())).toEqual(asFollowed(log));
    expect(feed.requests.map(({ lastEventId }) => lastEventId)).toEqual([
      undefined,
      seq === 1 ? undefined : `a:${seq - 1}`,
    ]);
    await nothingOpen();
  });

  it('after every single event', async () => {
    feed = await serving(log, (response, next, connection) => {
      if (next <= connection) return true;
      response.end();
      return false;
    });
    expect(await all(follow())).toEqual(asFollowed(log));
    expect(feed.requests).toHaveLength(log.length);
  });

  it('after which the server forgets the position and begins at 1: what was seen is not seen again', async () => {
    feed = await FeedServer.start((_request, response, connection) => {
      startStream(response);
      send(response, ...(connection === 1 ? log.slice(0, 4) : log));
      if (connection === 1) response.end();
    });
    expect(await all(follow())).toEqual(asFollowed(log));
  });

  it('is reported with the wait; waits grow with failures in a row and are drawn at random below their limit', async () => {
    const waits: [number, number][] = [];
    feed = await FeedServer.start((_request, response, connection) => {
      if (connection <= 5) return void response.destroy();
      startStream(response);
      send(response, ...log);
    });
    await all(follow({ firstWaitMs: 4, onReconnect: (waitMs, failures) => waits.push([waitMs, failures]) }));
    expect(waits.map(([, failures]) => failures)).toEqual([1, 2, 3, 4, 5]);
    for (const [waitMs, failures] of waits) {
      expect(waitMs).toBeGreaterThanOrEqual(0);
      expect(waitMs).toBeLessThanOrEqual(4 * 2 ** (failures - 1));
    }
  });
});

describe('a gap in the numbers', () => {
  it('is not passed on: the next connection asks for what is missing', async () => {
    feed = await FeedServer.start((request, response, connection) => {
      startStream(response);
      const events = log.slice(lastSeqOf(request));
      send(response, ...events.filter(({ seq }) => connection > 1 || seq !== 4));
    });
    expect(await all(follow())).toEqual(asFollowed(log));
    expect(feed.requests[1]?.lastEventId).toBe('a:3');
  });

  it('is none where a merged chunk covers the numbers', async () => {
    const [first, second] = [log[2]!, log[3]!];
    if (first.type !== 'chunk' || second.type !== 'chunk') throw new Error('the example has changed');
    const merged: RunLiveEvent = { ...second, offset: 0, content: first.content + second.content, from_seq: 3 };
    const events = [...log.slice(0, 2), merged, ...log.slice(4)];
    feed = await FeedServer.start((_request, response) => {
      startStream(response);
      send(response, ...events);
    });
    expect(await all(follow())).toEqual(asFollowed(events));
    expect(feed.requests).toHaveLength(1);
  });
});

describe('a log that began anew', () => {
  const anew = logOf('b');

  it('is announced before its first event, when the server says so', async () => {
    feed = await FeedServer.start((request, response, connection) => {
      startStream(response);
      if (connection === 1) {
        send(response, ...log.slice(0, 5));
        response.end();
      } else {
        expect(request.headers['last-event-id']).toBe('a:5');
        response.write('event: reset\ndata: {"type":"reset","epoch":"b","seq":9}\n\n');
        send(response, ...anew);
      }
    });
    expect(await all(follow())).toEqual([...asFollowed(log.slice(0, 5)), { type: 'reset' }, ...asFollowed(anew)]);
  });

  it('is announced even if the server only sends events of another epoch, also in the middle of a connection', async () => {
    feed = await FeedServer.start((_request, response) => {
      startStream(response);
      send(response, ...log.slice(0, 5), ...anew);
    });
    expect(await all(follow())).toEqual([...asFollowed(log.slice(0, 5)), { type: 'reset' }, ...asFollowed(anew)]);
  });

  it('is announced to a follower that came with a position', async () => {
    feed = await FeedServer.start((_request, response) => {
      startStream(response);
      send(response, ...anew);
    });
    expect(await all(follow({ from: { epoch: 'a', seq: 5 } }))).toEqual([{ type: 'reset' }, ...asFollowed(anew)]);
  });

  it('and is cut right after the reset is read from its first event', async () => {
    feed = await FeedServer.start((_request, response, connection) => {
      startStream(response);
      if (connection === 1) {
        response.end('event: reset\ndata: {"type":"reset","epoch":"b","seq":0}\n\n');
      } else send(response, ...anew);
    });
    expect(await all(follow({ from: { epoch: 'a', seq: 5 } }))).toEqual([{ type: 'reset' }, ...asFollowed(anew)]);
    expect(feed.requests.map(({ lastEventId }) => lastEventId)).toEqual(['a:5', undefined]);
  });
});

describe('a silent server', () => {
  it.each([
    ['before its answer', (response: ServerResponse) => void response],
    ['after the head of its answer', startStream],
    [
      'after some events',
      (response: ServerResponse) => {
        startStream(response);
        send(response, ...log.slice(0, 3));
      },
    ],
  ])('%s is left, and the next connection goes on', async (_when, first) => {
    feed = await FeedServer.start((request, response, connection) => {
      if (connection === 1) return first(response);
      startStream(response);
      send(response, ...log.slice(lastSeqOf(request)));
    });
    expect(await all(follow({ silenceMs: 100 }))).toEqual(asFollowed(log));
    expect(feed.requests).toHaveLength(2);
    await nothingOpen();
  });

  it('that sends heartbeats is not silent; a comment is enough', async () => {
    feed = await FeedServer.start((_request, response) => {
      startStream(response);
      send(response, ...log.slice(0, 3));
      let beats = 0;
      const beat = setInterval(() => {
        beats += 1;
        if (beats <= 8) return void response.write(beats % 2 ? ': still here\n\n' : 'event: heartbeat\ndata: {}\n\n');
        clearInterval(beat);
        send(response, ...log.slice(3));
      }, 40);
    });
    expect(await all(follow({ silenceMs: 250 }))).toEqual(asFollowed(log));
    expect(feed.requests).toHaveLength(1);
  });

  it('is not blamed for a slow reader', async () => {
    feed = await serving(log, () => true);
    const got: Followed[] = [];
    for await (const one of follow({ silenceMs: 30 })) {
      if (got.length === 1) await new Promise((resolve) => setTimeout(resolve, 90));
      got.push(one);
    }
    expect(got).toEqual(asFollowed(log));
    expect(feed.requests).toHaveLength(1);
  });
});

describe('a server in trouble', () => {
  const thenServes = (trouble: (response: ServerResponse) => void) =>
    FeedServer.start((_request, response, connection) => {
      if (connection <= 2) return trouble(response);
      startStream(response);
      send(response, ...log);
    });

  it.each([
    ['503 as a problem', (response: ServerResponse) => sendProblem(response, 503, 'unavailable')],
    ['429', (response: ServerResponse) => sendProblem(response, 429, 'rate_limited')],
    [
      '502 of a proxy',
      (response: ServerResponse) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>'),
    ],
    [
      'a page instead of events',
      (response: ServerResponse) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    ],
    [
      'something that is not JSON',
      (response: ServerResponse) => {
        startStream(response);
        response.write('event: chunk\ndata: {oops\n\n');
      },
    ],
    [
      'an error event',
      (response: ServerResponse) => {
        startStream(response);
        response.write('event: error\ndata: {"type":"error","code":"internal","message":"Something broke."}\n\n');
      },
    ],
  ])('%s: tries again until it has recovered', async (_what, trouble) => {
    feed = await thenServes(trouble);
    expect(await all(follow())).toEqual(asFollowed(log));
    expect(feed.requests).toHaveLength(3);
    await nothingOpen();
  });

  it.each([
    [
      'in its answer (Retry-After)',
      (response: ServerResponse) => sendProblem(response, 503, 'unavailable', { 'retry-after': '1' }),
      1000,
    ],
    [
      'before it goes (drain)',
      (response: ServerResponse) => {
        startStream(response);
        response.end('event: drain\ndata: {"type":"drain","reconnect_in_ms":150}\n\n');
      },
      150,
    ],
  ])('waits as long as the server asked %s', async (_where, ask, askedMs) => {
    const waits: number[] = [];
    feed = await FeedServer.start((_request, response, connection) => {
      if (connection === 1) return ask(response);
      startStream(response);
      send(response, ...log);
    });
    expect(await all(follow({ onReconnect: (waitMs) => waits.push(waitMs) }))).toEqual(asFollowed(log));
    expect(waits).toHaveLength(1);
    // What has passed since a drain was announced counts.
    expect(waits[0]).toBeGreaterThan(askedMs - 100);
    expect(waits[0]).toBeLessThan(askedMs + 5);
  });

  it('is looked for again where nobody listens any more', async () => {
    feed = await serving(log, () => true);
    const { url } = feed;
    await feed.close();
    const stop = new AbortController();
    let tries = 0;
    const followed = createClient({ url }).runs.follow(RUN, {
      transport: 'sse',
      firstWaitMs: 1,
      signal: stop.signal,
      onReconnect: () => void (++tries === 3 && stop.abort()),
    });
    expect(await all(followed)).toEqual([]);
    expect(tries).toBe(3);
  });
});

describe('a refusal', () => {
  it.each([[400], [401], [403], [404], [410]])('%i stops with the problem', async (status) => {
    feed = await FeedServer.start((_request, response) => sendProblem(response, status, 'not_found'));
    const error = await all(follow()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PlanwrightError);
    expect(error).toMatchObject({ problem: { status, code: 'not_found' }, message: 'It is not_found. Look again.' });
    expect(feed.requests).toHaveLength(1);
  });

  it('of somebody else (404 without a problem) stops, too', async () => {
    feed = await FeedServer.start((_request, response) => response.writeHead(404).end('no'));
    await expect(all(follow())).rejects.toThrow(UnreachableError);
    expect(feed.requests).toHaveLength(1);
  });

  it('that comes on the way (the run was deleted) stops after what was read', async () => {
    feed = await FeedServer.start((_request, response, connection) => {
      if (connection > 1) return sendProblem(response, 404, 'not_found');
      startStream(response);
      send(response, ...log.slice(0, 3));
      response.end();
    });
    const got: Followed[] = [];
    const reading = (async () => {
      for await (const one of follow()) got.push(one);
    })();
    await expect(reading).rejects.toThrow(PlanwrightError);
    expect(got).toEqual(asFollowed(log.slice(0, 3)));
  });
});

describe('leaving', () => {
  it('by the signal while the server is silent ends without an error and leaves nothing open', async () => {
    feed = await serving(log, (_response, next) => next <= 3);
    const stop = new AbortController();
    const got: Followed[] = [];
    for await (const one of follow({ signal: stop.signal })) {
      got.push(one);
      if (got.length === 3) setTimeout(() => stop.abort(), 20);
    }
    expect(got).toEqual(asFollowed(log.slice(0, 3)));
    await nothingOpen();
    expect(feed.requests).toHaveLength(1);
  });

  it('by the signal in the middle hands on nothing that had arrived already', async () => {
    feed = await serving(log, () => true);
    const stop = new AbortController();
    const got: Followed[] = [];
    for await (const one of follow({ signal: stop.signal })) {
      got.push(one);
      if (got.length === 2) stop.abort();
    }
    expect(got).toHaveLength(2);
    await nothingOpen();
  });

  it('by the signal while waiting for the next connection is immediate', async () => {
    feed = await FeedServer.start((_request, response) => response.destroy());
    const stop = new AbortController();
    const followed = follow({
      firstWaitMs: 600_000,
      signal: stop.signal,
      onReconnect: () => setTimeout(() => stop.abort(), 10),
    });
    expect(await all(followed)).toEqual([]);
    expect(feed.requests).toHaveLength(1);
  });

  it('with a signal that was given before asks for nothing', async () => {
    feed = await serving(log, () => true);
    expect(await all(follow({ signal: AbortSignal.abort() }))).toEqual([]);
    expect(feed.requests).toEqual([]);
  });

  it('by `break` leaves nothing open', async () => {
    feed = await serving(log, (_response, next) => next <= 3);
    for await (const one of follow()) if (one.type === 'event' && one.event.seq === 2) break;
    await nothingOpen();
  });
});
