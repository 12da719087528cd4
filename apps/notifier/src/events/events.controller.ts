import { Controller, Get, Inject, Req, Res, UseFilters } from '@nestjs/common';
import type { EventsQuery, FieldError } from '@planwright/contracts';
import { eventsQuery, fieldErrors, idParam, notLocal, runChannel } from '@planwright/contracts';
import { isLocalRequest } from '@planwright/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Connections } from '../connections.js';
import type { Batch, Position } from '../feed/channel-feed.js';
import { follow } from '../feed/follow.js';
import type { Followed } from '../feed/follow-channel.js';
import { invalid, refusal, RequestProblem } from '../http/problem.js';
import { ProblemFilter } from '../http/problem-filter.js';
import type { LiveSocketParts } from '../sockets/live-socket.js';
import { LIVE_SOCKET_PARTS } from '../sockets/live.gateway.js';
import { EventStream } from './event-stream.js';

/** The live feed of a run over HTTP: server-sent events, or pages of JSON for whoever can't keep a connection open. */
@Controller('v1/runs/:id/events')
@UseFilters(ProblemFilter)
export class EventsController {
  constructor(
    @Inject(LIVE_SOCKET_PARTS) private readonly parts: LiveSocketParts,
    @Inject(Connections) private readonly connections: Connections,
  ) {}

  @Get()
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (this.parts.auth.localOnly && !isLocalRequest(request.headers)) throw refusal(notLocal());
    const caller = await this.available(this.parts.auth.authenticate(request.headers.authorization));
    if (!caller) throw new RequestProblem('unauthenticated', 'The request has no key that is known.');
    const path = idParam.safeParse(request.params);
    if (!path.success) throw invalid('path', fieldErrors(path.error.issues));
    const query = eventsQuery.safeParse(request.query);
    if (!query.success) throw invalid('query', fieldErrors(query.error.issues));

    const streams = /\btext\/event-stream\b/i.test(request.headers.accept ?? '');
    const position = (streams && lastEventId(request)) || { epoch: query.data.epoch, after: query.data.after ?? 0 };
    const limit = streams ? undefined : query.data.limit;
    const channel = runChannel(path.data.id);
    const followed = await this.available(
      this.parts.followChannel.execute(caller.workspaceId, channel, position, limit),
    );
    if (!followed) throw new RequestProblem('not_found', `There is no run ${path.data.id}.`);
    if (streams) await this.stream(followed, reply);
    else await this.page(followed, query.data, reply);
  }

  private async stream({ feed, first, release }: Followed, reply: FastifyReply): Promise<void> {
    if (first.events.length === 0 && !first.reset && feed.ended) {
      release();
      // Tells an EventSource that has the end of the run to stop connecting again.
      return void (await reply.status(204).send());
    }
    reply.hijack();
    const { settings, pace, log } = this.parts;
    const stream = new EventStream(reply.raw, feed.channel, settings);
    const remove = this.connections.add(stream);
    await follow(feed, first, stream, { pace, signal: stream.signal })
      .catch((error: unknown) => log.error({ err: error, channel: feed.channel }, 'a channel is no longer followed'))
      .finally(() => {
        remove();
        release();
      });
  }

  private async page(
    { feed, first, release }: Followed,
    { wait, limit }: EventsQuery,
    reply: FastifyReply,
  ): Promise<void> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    try {
      let batch: Batch = first;
      if (wait > 0 && batch.events.length === 0 && !batch.reset && !feed.ended) {
        await feed.changed(batch, AbortSignal.any([gone.signal, AbortSignal.timeout(wait * 1_000)]));
        batch = await this.available(feed.batch(batch.next, limit));
      }
      const { epoch, seq, reset, events } = batch;
      if (!gone.signal.aborted) await reply.send({ channel: feed.channel, epoch, seq, reset, events });
    } finally {
      release();
    }
  }

  /** What does not answer here is the database or the log: for the client it is the same. */
  private async available<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
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
