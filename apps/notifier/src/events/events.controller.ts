import { Controller, Get, Inject, Req, Res, UseFilters } from '@nestjs/common';
import type { EventsQuery, FieldError } from '@planwright/contracts';
import {
  eventsQuery,
  featuresChannel,
  fieldErrors,
  idParam,
  notLocal,
  projectChannel,
  runChannel,
} from '@planwright/contracts';
import { AccessRefused, isLocalRequest } from '@planwright/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConnectGuard } from '../connect-guard.js';
import { Connections } from '../connections.js';
import type { Batch, Position } from '../feed/channel-feed.js';
import { follow } from '../feed/follow.js';
import type { Followed } from '../feed/follow-channel.js';
import { comeBack, invalid, refusal, RequestProblem } from '../http/problem.js';
import { ProblemFilter, sendProblem } from '../http/problem-filter.js';
import type { Bearer } from '../ports.js';
import type { LiveSocketParts } from '../sockets/live-socket.js';
import { LIVE_SOCKET_PARTS } from '../sockets/live.gateway.js';
import { EventStream, sendAway } from './event-stream.js';
import { WaitingPage } from './waiting-page.js';

/** The channels over HTTP: server-sent events, or pages of JSON for whoever can't keep a connection open. */
@Controller('v1')
@UseFilters(ProblemFilter)
export class EventsController {
  constructor(
    @Inject(LIVE_SOCKET_PARTS) private readonly parts: LiveSocketParts,
    @Inject(Connections) private readonly connections: Connections,
    @Inject(ConnectGuard) private readonly guard: ConnectGuard,
  ) {}

  @Get('runs/:id/events')
  run(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.read(request, reply, runChannel, 'run');
  }

  @Get('projects/:id/events')
  project(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.read(request, reply, projectChannel, 'project');
  }

  @Get('projects/:id/features/events')
  features(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.read(request, reply, featuresChannel, 'project');
  }

  private async read(
    request: FastifyRequest,
    reply: FastifyReply,
    channelOf: (id: string) => string,
    what: string,
  ): Promise<void> {
    if (this.parts.auth.localOnly && !isLocalRequest(request.headers)) throw refusal(notLocal());
    const streams = /\btext\/event-stream\b/i.test(request.headers.accept ?? '');
    const query = eventsQuery.safeParse(request.query);
    const waits = !streams && query.success && query.data.wait > 0;
    const waitMs = streams || waits ? this.guard.admit() : null;
    if (waitMs !== null) {
      if (streams) return void (await sendAway(reply, waitMs));
      return sendProblem(comeBack(waitMs), request, reply);
    }
    const caller = await this.available(this.parts.auth.authenticate(request.headers.authorization));
    if (!caller) throw new RequestProblem('unauthenticated', 'The request has no key that is known.');
    const path = idParam.safeParse(request.params);
    if (!path.success) throw invalid('path', fieldErrors(path.error.issues));
    if (!query.success) throw invalid('query', fieldErrors(query.error.issues));

    const position = (streams && lastEventId(request)) || { epoch: query.data.epoch, after: query.data.after ?? 0 };
    const limit = streams ? undefined : query.data.limit;
    const channel = channelOf(path.data.id);
    const followed = await this.available(
      this.parts.followChannel.execute(caller.workspaceId, channel, position, limit),
    );
    const missing = () => new RequestProblem('not_found', `There is no ${what} ${path.data.id}.`);
    if (!followed) throw missing();
    if (streams) await this.stream(followed, caller, reply);
    else await this.page(followed, query.data, reply, missing);
  }

  private async stream({ feed, first, release }: Followed, caller: Bearer, reply: FastifyReply): Promise<void> {
    // Gone while the channel was opened.
    if (reply.raw.destroyed) return release();
    if (first.events.length === 0 && !first.reset && feed.ended) {
      release();
      // Tells an EventSource that has the end of the run to stop connecting again.
      return void (await reply.status(204).send());
    }
    reply.hijack();
    const { settings, pace, log, bearers } = this.parts;
    const stream = new EventStream(reply.raw, feed.channel, settings, reply.getHeaders());
    // It comes back with its position, and is told then why it can't go on.
    const unwatch = bearers.watch(caller, () => stream.cut());
    const remove = this.connections.add(stream);
    await follow(feed, first, stream, { pace, signal: stream.signal })
      .catch((error: unknown) => log.error({ err: error, channel: feed.channel }, 'a channel is no longer followed'))
      .finally(() => {
        remove();
        unwatch();
        release();
      });
  }

  private async page(
    { feed, first, release }: Followed,
    { wait, limit }: EventsQuery,
    reply: FastifyReply,
    missing: () => RequestProblem,
  ): Promise<void> {
    const waiting = new WaitingPage();
    const remove = this.connections.add(waiting);
    reply.raw.once('close', () => waiting.close());
    // Gone while the channel was opened: nothing would tell of it any more.
    if (reply.raw.destroyed) waiting.close();
    try {
      let batch: Batch = first;
      if (wait > 0 && batch.events.length === 0 && !batch.reset && !feed.ended) {
        await feed.changed(batch, AbortSignal.any([waiting.signal, AbortSignal.timeout(wait * 1_000)]));
        batch = await this.available(feed.batch(batch.next, limit));
        if (feed.gone) throw missing();
      }
      const { epoch, seq, reset, events } = batch;
      if (reply.raw.destroyed) return;
      // Its next request shall meet another replica.
      if (this.connections.leaving) void reply.header('connection', 'close');
      await reply.send({ channel: feed.channel, epoch, seq, reset, events });
    } finally {
      waiting.close();
      remove();
      release();
    }
  }

  /** What does not answer here is the database or the log: for the client it is the same. */
  private async available<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof AccessRefused) throw new RequestProblem(error.code, error.message);
      this.parts.log.warn({ err: error }, 'live feed not available');
      throw new RequestProblem('unavailable', 'The live feed does not answer right now.');
    }
  }
}

/** Where an EventSource that lost its connection goes on; stronger than the query, which it repeats. */
function lastEventId(request: FastifyRequest): Position | null {
  const header = request.headers['last-event-id'];
  if (header === undefined || header === '') return null;
  const [, epoch, after] = /^([\w-]{1,64}):(\d{1,15})$/.exec(String(header)) ?? [];
  if (epoch !== undefined && after !== undefined) return { epoch, after: Number(after) };
  const error: FieldError = { pointer: 'Last-Event-ID', code: 'invalid_format', message: 'must be {epoch}:{seq}' };
  throw invalid('header', [error]);
}
