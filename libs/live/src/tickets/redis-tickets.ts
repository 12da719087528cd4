import { TICKET_SECONDS } from '@planwright/contracts';
import { connectRedis } from '@planwright/runtime';
import { newTicket, ticketHash } from './tickets.js';
import type { Tickets } from './tickets.js';

export interface RedisTicketsOptions {
  url: string;
  /** Begins every key; one per deployment. */
  prefix: string;
  log: { warn(fields: object, message: string): void };
}

/** Time a command may take before it rejects, in milliseconds. */
const COMMAND_TIMEOUT_MS = 1_000;

/**
 * Tickets for all processes on one Redis (6.2 or newer): `{prefix}ticket:{sha256}`, a string that expires by itself.
 * GETDEL makes one of simultaneous redemptions the only one. What Redis loses is issued anew.
 */
export function createRedisTickets<Bearer>({ url, prefix, log }: RedisTicketsOptions): Tickets<Bearer> {
  const { redis, ready } = connectRedis<object>({
    url,
    name: 'planwright-tickets',
    what: 'tickets',
    commandTimeoutMs: COMMAND_TIMEOUT_MS,
    scripts: {},
    log,
  });
  const keyOf = (hash: string) => `${prefix}ticket:${hash}`;
  return {
    issue: async (bearer) => {
      await ready();
      const ticket = newTicket();
      await redis.set(keyOf(ticketHash(ticket) ?? ''), JSON.stringify(bearer), 'EX', TICKET_SECONDS);
      return ticket;
    },
    redeem: async (ticket) => {
      const hash = ticketHash(ticket);
      if (hash === null) return null;
      await ready();
      const found = await redis.getdel(keyOf(hash));
      return found === null ? null : (JSON.parse(found) as Bearer);
    },
    close: async () => redis.disconnect(),
  };
}
