export { createInProcessLive } from './in-process-live.js';
export { createRedisLive } from './redis/redis-live.js';
export type { RedisLiveOptions } from './redis/redis-live.js';
export { fillFacts } from './fill-facts.js';
export type { ReadFacts } from './fill-facts.js';
export { SectionStream } from './section-stream.js';
export type { SectionAttempt, SectionStreamOptions } from './section-stream.js';
export type {
  FactsAppended,
  LiveLog,
  LogPage,
  LogPosition,
  LogSnapshot,
  NumberedFact,
  SectionAppended,
  SectionBody,
  WritingText,
} from './live-log.js';
export { createInProcessTickets } from './tickets/in-process-tickets.js';
export { createRedisTickets } from './tickets/redis-tickets.js';
export type { Tickets } from './tickets/tickets.js';
