import type { CrashPoint } from './points.js';
import type { Role } from './places.js';

/** Points that no scenario passes, and why that is so. */
export interface Unreachable {
  /** Default all. */
  role?: Role;
  /** What a point's name begins with: its file and function. */
  point: string;
  /** What is awaited there, or its beginning. Default anything. */
  awaits?: string;
  why: string;
}

const OUTBOX = 'libs/persistence/messages/outbox#';
const MESSAGING = 'libs/messaging/';

export const UNREACHABLE: readonly Unreachable[] = [
  {
    role: 'gateway',
    point: 'apps/gateway/runs/open-run#refuseEarly',
    awaits: 'tx.runs.holders(',
    why: 'takes as many active runs as a workspace may have, and nothing is written by then',
  },
  { role: 'gateway', point: `${OUTBOX}claim`, why: 'only orchestrators relay' },
  { point: `${OUTBOX}backlog`, why: 'only asked for by operators' },
  { role: 'gateway', point: `${MESSAGING}rabbit/publisher#toQueue`, why: 'only who consumes parks' },
  {
    role: 'orchestrator',
    point: `${MESSAGING}transport##start`,
    awaits: 'broker.subscribe(',
    why: 'it listens to no broadcast',
  },
  { role: 'generator', point: `${MESSAGING}judge#judgeDead`, why: 'only orchestrators take dead letters' },
  {
    role: 'generator',
    point: `${MESSAGING}unavailable#whileUnavailable`,
    awaits: 'sleep(',
    why: 'it needs nothing that can be unavailable to a handler',
  },
  { point: `${MESSAGING}rabbit/in-flight#enter`, why: 'takes a thousand messages without a confirm' },
  { point: `${MESSAGING}rabbit/consumer#reattach`, why: 'takes a broker that forgets a consumer without a word' },
  {
    point: `${MESSAGING}rabbit/consumer##attachAgain`,
    why: 'takes a queue that is deleted under its consumer; a shared RabbitMQ 3.10 may keep a broken queue from that',
  },
  {
    point: `${MESSAGING}rabbit/slots#stop`,
    awaits: 'this.#close(',
    why: 'takes a stop during a pause of a failed message',
  },
  { point: `${MESSAGING}rabbit/slots##close`, why: 'takes a message in a spare slot long after the pauses are over' },
  {
    role: 'orchestrator',
    point: 'apps/orchestrator/runs/lanes#oneByOne',
    why: 'takes messages of one run at the same instant, one of which can not be stored',
  },
  {
    role: 'orchestrator',
    point: 'apps/orchestrator/time/nets#onApplicationBootstrap',
    why: 'only where broker and workers died with the last process: the standalone platform',
  },
];

/** Points that are passed now and then: one that is missed is no fault. */
export const BY_CHANCE: readonly Unreachable[] = [
  {
    role: 'orchestrator',
    point: 'apps/orchestrator/admission/capacity#slots',
    awaits: 'this.asking',
    why: 'takes a Redis that answers later than the transaction that issues the first step',
  },
  {
    role: 'orchestrator',
    point: 'apps/orchestrator/admission/capacity#ask',
    awaits: 'this.counted(',
    why: 'takes a question in the moment in which no generator has announced its slots',
  },
  {
    role: 'orchestrator',
    point: 'apps/orchestrator/admission/capacity#counted',
    why: 'takes a question in the moment in which no generator has announced its slots',
  },
  {
    role: 'generator',
    point: `${MESSAGING}rabbit/slots#`,
    why: 'takes a generator whose message pauses',
  },
];

/** Why a point is not expected to be passed; undefined where it is. */
export function whyUnreachable(point: CrashPoint): string | undefined {
  return UNREACHABLE.find((entry) => isMeant(entry, point))?.why;
}

/** True where the entry speaks of this point. */
export function isMeant({ role, point, awaits = '' }: Unreachable, crash: CrashPoint): boolean {
  const [place = '', awaited = ''] = crash.name.split(/ \d+: (.*)/s);
  return (role ?? crash.role) === crash.role && place.startsWith(point) && awaited.startsWith(awaits);
}
