/** The processes that are killed. The notifier writes nothing but a cache. */
export const ROLES = ['gateway', 'orchestrator', 'generator'] as const;
export type Role = (typeof ROLES)[number];

/** A built file, or a folder of them, from the top of the repository. */
export interface Place {
  path: string;
  /** Parts of it in which nothing can be lost, and why. */
  without?: Readonly<Record<string, string>>;
}

const READS = 'answers questions, writes nothing';
const BOOT = 'starts the process; nothing is in its hands yet';

/** The broker's client. A new file in it is critical until it is listed here as harmless. */
const MESSAGING: Place = {
  path: 'libs/messaging/dist',
  without: {
    'in-process': 'the other broker',
    'rabbit/connection.js': 'makes connections, holds no message',
    'rabbit/kept-channel.js': 'makes channels, holds no message',
    'rabbit/declare.js': 'declares queues, holds no message',
    'rabbit/parked.js': 'reads for operators what is parked',
    'rabbit/parked-queue.js': 'reads, replays and drops for operators what is parked',
    'rabbit/rabbit-broker.js': 'wires the parts together',
    'rabbit/timing.js': 'pauses of others, which are points of their own',
    'rabbit/watchdog.js': 'looks at consumers from outside, holds no message',
  },
};

const OUTBOX: Place = { path: 'libs/persistence/dist/messages/outbox.js' };

/**
 * Where a process could die between commit, publish, confirm and acknowledgement. Apps are listed whole, less what is
 * harmless: a folder that is added to one has crash points from its first day.
 *
 * Deliberately absent: what runs inside a transaction in `libs/persistence`. Dying anywhere before a commit is one and
 * the same to the database, and the use-cases' own awaits inside their transactions are points.
 */
export const PLACES: Readonly<Record<Role, readonly Place[]>> = {
  gateway: [
    {
      path: 'apps/gateway/dist',
      without: {
        'main.js': BOOT,
        'gateway.module.js': BOOT,
        auth: READS,
        docs: READS,
        documents: READS,
        'health.controller.js': READS,
        'http/forward.js': 'passes the live feed on',
        'http/server.js': BOOT,
        tasks: READS,
      },
    },
    // It consumes nothing.
    { path: 'libs/messaging/dist/rabbit/publisher.js' },
    OUTBOX,
  ],
  orchestrator: [
    { path: 'apps/orchestrator/dist', without: { 'main.js': BOOT, 'migrate.js': 'another program' } },
    MESSAGING,
    OUTBOX,
  ],
  generator: [{ path: 'apps/generator/dist', without: { 'main.js': BOOT, 'start-generator.js': BOOT } }, MESSAGING],
};
