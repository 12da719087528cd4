import { Injectable } from '@nestjs/common';
import type { Authenticate, Caller } from '@planwright/persistence';
import { AccessRefused } from '@planwright/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestProblem } from '../http/problem.js';
import type { RequestLimits } from '../request-limits/request-limits.js';
import { limitHeaders, tooManyRequests } from '../request-limits/told-limits.js';

const CALLER = Symbol('caller');
type Admitted = FastifyRequest & { [CALLER]?: Caller };

/** Who asks; null where everybody may. */
export const callerOfRequest = (request: FastifyRequest): Caller | null => (request as Admitted)[CALLER] ?? null;

/**
 * Lets nobody pass who is not known, and nobody too often; once for each request, before a byte of its body is read.
 */
@Injectable()
export class Admission {
  constructor(
    private readonly authenticate: Authenticate,
    private readonly limits?: RequestLimits,
  ) {}

  /** Throws the problem of who may not pass. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const caller = await this.callerOf(request);
    (request as Admitted)[CALLER] = { ...caller, requestId: request.id };
    const counted = await this.limits?.request(`${caller.workspaceId}:${caller.actor}`);
    if (!counted) return;
    void reply.headers(limitHeaders(counted));
    if (counted.exceeded) throw tooManyRequests(counted);
  }

  private async callerOf({ headers, ip }: FastifyRequest): Promise<Caller> {
    let refused: Error = new RequestProblem(
      'unauthenticated',
      'The request has no bearer key, or one that is not known, was revoked or has expired.',
    );
    try {
      const caller = await this.authenticate(headers.authorization);
      if (caller) return caller;
    } catch (error) {
      // A token that is not taken. What a good one may not do is another matter.
      if (!(error instanceof AccessRefused) || error.code !== 'unauthenticated') throw error;
      refused = error;
    }
    const counted = await this.limits?.failure(ip);
    throw counted?.exceeded ? tooManyRequests(counted) : refused;
  }
}

/** Every route of the API is for known callers; a socket says who it is in its first frame. */
export function admitCallers(fastify: FastifyInstance, admission: Admission): void {
  fastify.addHook('onRequest', async (request, reply) => {
    const { url } = request.routeOptions;
    if (url?.startsWith('/v1/') && url !== '/v1/live' && request.method !== 'OPTIONS')
      await admission.admit(request, reply);
  });
}
