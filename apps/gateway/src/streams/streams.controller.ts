import { Readable } from 'node:stream';
import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { streamPrd } from '@planwright/contracts';
import type { RunLiveEvent, RunResource, StreamPrd } from '@planwright/contracts';
import type { Caller } from '@planwright/persistence';
import type { FastifyReply } from 'fastify';
import { WithCaller } from '../auth/caller.js';
import type { ChangeAnswer } from '../changes/make-change.js';
import { WithRequestName } from '../changes/request-name.js';
import type { RequestName } from '../changes/request-name.js';
import { Valid } from '../http/valid.js';
import { StartRun } from '../runs/start-run.js';
import { encodeMessage, liveEvents } from './live-events.js';
import type { StreamMessage } from './live-events.js';
import { OneAfterAnother } from './one-after-another.js';

/** Where event streams of runs are answered. A class, so that it can be asked for by its name. */
export class NotifierAddress {
  constructor(readonly url: () => string | Promise<string>) {}
}

/** Makes text of a run, as JSON, and of its events. */
type Show = (run: string, messages: AsyncIterable<StreamMessage>) => AsyncIterable<string>;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/** PRD runs that are started and followed in one call. Whoever loses the connection has the run's id, and it goes on. */
@Controller('/v1/prds/stream')
export class StreamsController {
  constructor(
    private readonly startRun: StartRun,
    private readonly notifier: NotifierAddress,
  ) {}

  @Post('v2')
  @HttpCode(200)
  async stream(
    @WithCaller() caller: Caller,
    @WithRequestName() request: RequestName,
    @Headers('authorization') authorization: string | undefined,
    @Body(new Valid(streamPrd)) body: StreamPrd,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.start(caller, request, body);
    this.send(reply, answer, authorization, asEvents);
  }

  @Post()
  @HttpCode(200)
  async streamAsChunks(
    @WithCaller() caller: Caller,
    @WithRequestName() request: RequestName,
    @Headers('authorization') authorization: string | undefined,
    @Body(new Valid(streamPrd)) body: StreamPrd,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.start(caller, request, body);
    this.send(reply, answer, authorization, asChunks);
  }

  private start({ workspaceId, name }: Caller, request: RequestName, body: StreamPrd): Promise<ChangeAnswer> {
    // With the project in it: what a key is held against is all that was sent.
    const run = { ...body, documents: ['prd'] };
    return this.startRun.execute({ ...request, workspaceId, body: run, triggeredBy: name }, body.project_id);
  }

  private send(
    reply: FastifyReply,
    { body, location, replayed }: ChangeAnswer,
    authorization: string | undefined,
    show: Show,
  ): void {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const followed = { runId: (JSON.parse(body) as RunResource).id, authorization, signal: gone.signal };
    const notifier = this.notifier;
    const text = async function* () {
      yield* show(body, liveEvents(await notifier.url(), followed));
    };
    void reply.headers({ ...HEADERS, ...(location !== null && { location }) });
    if (replayed) void reply.header('idempotent-replayed', 'true');
    void reply.send(Readable.from(text()));
  }
}

/** First the run, so that whoever loses the connection knows where to go on; then its events as they are. */
async function* asEvents(run: string, messages: AsyncIterable<StreamMessage>): AsyncGenerator<string> {
  yield encodeMessage({ id: '', event: 'run', data: run });
  for await (const message of messages) yield encodeMessage(message);
}

/** Nothing but chunks and one `complete`. Comments, which no client is told of, bring the headers and keep it alive. */
async function* asChunks(_run: string, messages: AsyncIterable<StreamMessage>): AsyncGenerator<string> {
  const sections = new OneAfterAnother();
  yield ': begun\n\n';
  for await (const { id, event, data } of messages) {
    if (event === 'heartbeat') yield ': heartbeat\n\n';
    if (id === '') continue;
    for (const shown of sections.take(JSON.parse(data) as RunLiveEvent)) {
      yield encodeMessage({ id: '', event: shown.event, data: JSON.stringify(shown.data) });
    }
  }
}
