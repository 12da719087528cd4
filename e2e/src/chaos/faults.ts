import type { Service } from '@planwright/testing';
import type { Random } from './random.js';

/** What is done to the system. `process` is the name of one of its processes. */
export type Fault =
  | { kind: 'kill'; process: string; downMs: number }
  | { kind: 'freeze'; process: string; holdMs: number }
  | { kind: 'cut-process'; process: string }
  | { kind: 'cut-service'; service: Service }
  /** The connection swallows everything; then it either goes on or breaks. */
  | { kind: 'half-open'; process: string; service: Service; holdMs: number; then: 'goes on' | 'breaks' }
  | { kind: 'purge' }
  | { kind: 'flush' }
  | { kind: 'restart'; service: Service; how: 'kill' | 'shutDown'; downMs: number };

export type PlannedFault = Fault & { /** After the first moment of chaos, in milliseconds. */ afterMs: number };

/** A fault that took place. Instants in milliseconds since 1970. */
export interface FaultRecord {
  fault: Fault;
  at: number;
  /** When what it broke was whole again; null while it is not. */
  overAt: number | null;
  /** Why it was left out: what it should break was broken already. */
  skipped: string | null;
}

/** One round of faults, as a pack of cards: each kind comes once a round at least, however few faults there are. */
const ROUND: readonly Fault['kind'][] = [
  ...['kill', 'kill', 'kill', 'kill', 'freeze', 'freeze', 'half-open', 'half-open'],
  ...['cut-process', 'cut-service', 'purge', 'flush', 'restart'],
] as Fault['kind'][];

/** Restarts take turns: each service, each way. */
const RESTARTS: readonly (readonly [Service, 'kill' | 'shutDown'])[] = [
  ['rabbitmq', 'kill'],
  ['postgres', 'kill'],
  ['redis', 'kill'],
  ['rabbitmq', 'shutDown'],
  ['postgres', 'shutDown'],
];

const LONGEST_DOWN_MS = 2_000;
/**
 * No restart before: a RabbitMQ 3.10 that is killed within about two seconds of a queue's declaration forgets the queue
 * but not its log, and a queue declared again under the same name then never confirms anything.
 */
const FIRST_RESTART_MS = 3_000;

export interface FaultSettings {
  seconds: number;
  pauseMs: readonly [number, number];
  longestHoldMs: number;
  /** Each process and the services it uses. */
  processes: readonly { name: string; services: readonly [Service, ...Service[]] }[];
}

/** Every fault with its time and target. Pure: the same chance gives the same plan. */
export function planFaults(random: Random, settings: FaultSettings): PlannedFault[] {
  const { seconds, pauseMs, processes } = settings;
  const faults: PlannedFault[] = [];
  const cards: Fault['kind'][] = [];
  // Every kind of process gets its share, not only the most numerous one.
  const targets: FaultSettings['processes'][number][] = [];
  let restarts = 0;
  for (let afterMs = random.between(...pauseMs); afterMs < seconds * 1000; afterMs += random.between(...pauseMs)) {
    if (cards.length === 0) cards.push(...random.shuffle(ROUND));
    if (targets.length === 0) targets.push(...random.shuffle(processes));
    const early = afterMs < FIRST_RESTART_MS && cards.at(-1) === 'restart';
    if (early) cards.unshift(...cards.splice(-1));
    const kind = cards.pop();
    const target = targets.at(-1);
    if (kind === undefined || target === undefined) break;
    const fault = faultOf(kind, target, random, settings.longestHoldMs, RESTARTS[restarts % RESTARTS.length]);
    if (fault.kind === 'restart') restarts++;
    if ('process' in fault) targets.pop();
    faults.push({ ...fault, afterMs });
  }
  return faults;
}

function faultOf(
  kind: Fault['kind'],
  { name, services }: FaultSettings['processes'][number],
  random: Random,
  longestHoldMs: number,
  restart: (typeof RESTARTS)[number] = ['redis', 'kill'],
): Fault {
  const holdMs = () => random.between(1_000, longestHoldMs);
  const downMs = () => random.between(0, LONGEST_DOWN_MS);
  switch (kind) {
    case 'kill':
      return { kind, process: name, downMs: downMs() };
    case 'freeze':
      return { kind, process: name, holdMs: holdMs() };
    case 'half-open': {
      const then = random.chance(0.5) ? 'goes on' : 'breaks';
      return { kind, process: name, service: random.pick(services), holdMs: holdMs(), then };
    }
    case 'cut-process':
      return { kind, process: name };
    case 'cut-service':
      return { kind, service: random.pick(['postgres', 'rabbitmq', 'redis']) };
    case 'restart':
      return { kind, service: restart[0], how: restart[1], downMs: downMs() };
    case 'purge':
    case 'flush':
      return { kind };
  }
}

/** One line for the log. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill ${fault.process}, back after ${fault.downMs} ms`;
    case 'freeze':
      return `freeze ${fault.process} for ${fault.holdMs} ms`;
    case 'cut-process':
      return `cut all connections of ${fault.process}`;
    case 'cut-service':
      return `cut all connections to ${fault.service}`;
    case 'half-open':
      return `${fault.process} and ${fault.service} hear nothing of each other for ${fault.holdMs} ms, then it ${fault.then}`;
    case 'restart':
      return `${fault.how === 'kill' ? 'kill' : 'shut down'} ${fault.service}, back after ${fault.downMs} ms`;
    case 'purge':
      return 'purge all queues';
    case 'flush':
      return 'flush Redis';
  }
}

/** Kinds as the report counts them. */
export function kindOf(fault: Fault): string {
  if (fault.kind === 'restart') return `${fault.service} ${fault.how === 'kill' ? 'killed' : 'restarted'}`;
  return fault.kind;
}
