import { createHash } from 'node:crypto';
import type { Database, KeptAnswer, OutboxMessage, Tx } from '@planwright/persistence';
import { canonicalJson } from '@planwright/prompts';
import type { FastifyReply } from 'fastify';
import { RequestProblem } from '../http/problem.js';
import { Lanes } from './lanes.js';
import type { RequestName } from './request-name.js';
import type { Sender } from './send.js';

/** A changing request, read and valid. */
export interface ChangeRequest extends RequestName {
  workspaceId: string;
  /** With defaults filled in, so that saying a default or not is the same request. */
  body: unknown;
}

/** What a change answers, and the messages that are in the outbox because of it. */
export interface Change {
  status: 200 | 201 | 202;
  body: object;
  location?: string;
  messages?: readonly OutboxMessage[];
}

export interface ChangeAnswer extends KeptAnswer {
  /** True where this was answered before. */
  replayed: boolean;
}

/** What the work has read changed under it before it could be locked: nothing is stored, and it starts over. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
}

/** Thrown to undo a rehearsal; it carries what came out. */
class Rehearsed extends Error {
  constructor(readonly result: unknown) {
    super('rehearsed');
  }
}

/**
 * A transaction may wait for another one (for a key, a project) and keeps its connection meanwhile. Fewer than the pool
 * has: whatever piles up here, reads still get one. The rest waits in memory, where no pool's patience runs out.
 */
const LANES = 6;
const MOST_TRIES = 5;

/**
 * Makes a change in one transaction, with the answer to its key in it: the effect and the answer are stored both or
 * neither. A refusal stores nothing, so the same key may be sent again once its reason is gone. Of simultaneous requests
 * with one key the first makes the change; the others wait for its transaction, and answer the same, or 409
 * `idempotency_key_in_use` where that takes longer than two seconds.
 */
export class MakeChange {
  private readonly lanes = new Lanes(LANES);

  constructor(
    private readonly database: Database,
    private readonly sender: Sender,
  ) {}

  /**
   * `work` runs inside the transaction and uses nothing of the database beside it; it may run more than once, and only
   * its last run counts. What it throws is what is answered.
   */
  async execute(request: ChangeRequest, work: (tx: Tx) => Promise<Change>): Promise<ChangeAnswer> {
    const { answer, messages } = await this.commit(request, work);
    if (messages.length > 0) await this.sender.send(messages);
    return answer;
  }

  /**
   * Answers what `work` comes to, and undoes all it has written: what a change would be refused for, this is. No key is
   * claimed or looked up, and nothing is sent.
   */
  async rehearse<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.inTransaction(async (tx): Promise<never> => {
        throw new Rehearsed(await work(tx));
      });
    } catch (error) {
      if (error instanceof Rehearsed) return error.result as T;
      throw error;
    }
  }

  private commit(request: ChangeRequest, work: (tx: Tx) => Promise<Change>) {
    return this.inTransaction((tx) => attempt(tx, request, work));
  }

  private async inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.lanes.run(() => this.database.transaction(work));
      } catch (error) {
        if (!isOvertaken(error)) throw error;
        if (tries === MOST_TRIES) throw new RequestProblem('unavailable', 'Others change the same right now.');
      }
    }
  }
}

async function attempt(tx: Tx, { key, body, ...request }: ChangeRequest, work: (tx: Tx) => Promise<Change>) {
  const keyed = key === null ? null : { ...request, key, bodyHash: hashOf(body) };
  if (keyed) {
    const claim = await tx.idempotency.claim(keyed);
    if (claim.kind === 'answered') return { answer: { ...claim.answer, replayed: true }, messages: [] };
    if (claim.kind === 'at_work') {
      const detail = 'The first request with this key has not been answered yet.';
      throw new RequestProblem('idempotency_key_in_use', detail, { retry_after_seconds: 1 });
    }
    if (claim.kind === 'reused') {
      throw new RequestProblem('idempotency_key_reused', 'This key came with another body to this path before.');
    }
  }
  const { status, body: made, location = null, messages = [] } = await work(tx);
  const answer: KeptAnswer = { status, body: JSON.stringify(made), location };
  if (keyed) await tx.idempotency.keep(keyed, answer);
  return { answer: { ...answer, replayed: false }, messages };
}

/** Sends the answer: the text of JSON as it was made, so that a replay is the same to the byte. */
export function answerChange(reply: FastifyReply, { status, body, location, replayed }: ChangeAnswer): string {
  void reply.status(status).type('application/json; charset=utf-8');
  if (location !== null) void reply.header('location', location);
  if (replayed) void reply.header('idempotent-replayed', 'true');
  return body;
}

const hashOf = (body: unknown): string =>
  createHash('sha256')
    .update(canonicalJson(body ?? {}))
    .digest('hex');

/** Two transactions that waited for each other count as well: PostgreSQL has undone this one (40P01). */
function isOvertaken(error: unknown): boolean {
  const { driverError } = (error ?? {}) as { driverError?: { code?: string } };
  return error instanceof OvertakenError || driverError?.code === '40P01';
}
