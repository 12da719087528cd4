import { setTimeout as sleep } from 'node:timers/promises';
import { QUEUES } from '@planwright/messaging';
import { audit, untilEnded } from './audit.js';
import { ROLES } from './places.js';
import type { Role } from './places.js';
import type { CrashPoint } from './points.js';
import type { Scenario, Victim } from './scenarios/scenario.js';
import type { CrashStage, Death } from './stage.js';

/** A scenario in which a process passes a point, and how often it does. */
export interface Way {
  scenario: Scenario;
  passings: number;
}

/** The ways to each point, by role and name. */
export type Ways = ReadonlyMap<string, readonly Way[]>;

export const keyOf = ({ role, name }: Pick<CrashPoint, 'role' | 'name'>): string => `${role} ${name}`;

export interface Outcome {
  victims: readonly Victim[];
  scenario: Scenario;
  deaths: readonly Death[];
  /** From the first death to the end of the run and the return of the process, whichever is later. */
  recoveredMs: number | undefined;
  faults: readonly string[];
}

/** A point that comes by in a standing loop may take a round of the slowest one after the run. */
const LATE_DEATH_MS = 6_000;
const MOST_TRIES = 6;

/** Plays scenarios in which nobody is told to die, and notes which points are passed. */
export async function findWays(
  stage: CrashStage,
  scenarios: readonly Scenario[],
): Promise<{ ways: Ways; faults: string[] }> {
  const ways = new Map<string, Way[]>();
  const faults: string[] = [];
  for (const scenario of scenarios) {
    for (const role of scenario.perRole ? ROLES : (['orchestrator'] as const)) {
      await stage.instruments.forgetHits();
      const outcome = await playOnce(stage, scenario, [{ role }]);
      faults.push(...outcome.faults.map((fault) => `${scenario.name} (nobody dies): ${fault}`));
      for (const passer of scenario.perRole ? [role] : ROLES) {
        for (const [name, passings] of await stage.instruments.hits(passer)) {
          const key = keyOf({ role: passer, name });
          ways.set(key, [...(ways.get(key) ?? []), { scenario, passings }]);
        }
      }
    }
  }
  return { ways, faults };
}

/** Plays a scenario with processes that die, and looks at what is left. Does not reject. */
export async function playOnce(stage: CrashStage, scenario: Scenario, victims: readonly Victim[]): Promise<Outcome> {
  const earlier = stage.deaths.length;
  const faults: string[] = [];
  let recoveredMs: number | undefined;
  const deaths = () => stage.deaths.slice(earlier);
  const missed = () => missedOf({ victims, deaths: deaths() });
  try {
    await stage.queues.purge(QUEUES.parked);
    const [first = { role: 'orchestrator' as const }, ...others] = victims;
    for (const { role, armed } of others) if (armed) await stage.arm(role, armed);
    const play = await scenario.play(stage, first);
    await untilEnded(stage, play);
    const ended = Date.now();
    while (missed().length > 0 && Date.now() - ended < LATE_DEATH_MS) await sleep(50);
    await stage.settled();
    for (const { role } of missed()) await stage.disarm(role);
    const [death] = deaths();
    if (death) recoveredMs = Math.max(ended, death.backAt ?? 0) - death.at;
    faults.push(...(await audit(stage, play)));
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  }
  faults.push(...stage.faults.splice(0));
  return { victims, scenario, deaths: deaths(), recoveredMs, faults };
}

/**
 * Kills a process at a point, in the middle of its passings, so that there is something before it and something behind
 * it. Not every play passes a point as often as the first one; then it is tried at its first passing, and on other ways.
 */
export async function crashAt(stage: CrashStage, { role, name }: CrashPoint, ways: readonly Way[]): Promise<Outcome> {
  const tries = ways.flatMap(({ scenario, passings }) =>
    [...new Set([Math.ceil(passings / 2), 1])].map((nth) => ({ scenario, nth })),
  );
  let outcome: Outcome | undefined;
  for (const { scenario, nth } of tries.slice(0, MOST_TRIES)) {
    outcome = await playOnce(stage, scenario, [{ role, armed: { point: name, nth } }]);
    if (missedOf(outcome).length === 0 || outcome.faults.length > 0) break;
  }
  if (!outcome) throw new Error(`there is no way to ${name}`);
  return outcome;
}

/** A play in which several are to die. */
export interface Sample {
  scenario: Scenario;
  victims: readonly Victim[];
}

/**
 * One point of every file, and one process of each role in a play, as far as they go: what a minute allows. What several
 * roles load is spread over them. The choice is the same every time.
 */
export function sample(points: readonly CrashPoint[], ways: Ways): Sample[] {
  const plays = new Map<Scenario, Map<Role, Victim[]>>();
  const counts = new Map<Role, number>(ROLES.map((role) => [role, 0]));
  const known = points.filter((point) => ways.has(keyOf(point)));
  const files = Object.values(Object.groupBy(known, ({ file }) => file)).map((group = []) => group);
  // Those with one role only come first: the others fill the gaps.
  for (const group of files.toSorted((a, b) => rolesOf(a).length - rolesOf(b).length)) {
    const [role] = rolesOf(group).toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0));
    const own = group.filter((point) => point.role === role);
    const point = own[Math.floor(own.length / 2)];
    const [way] = point ? (ways.get(keyOf(point)) ?? []) : [];
    if (!point || !role || !way) continue;
    counts.set(role, (counts.get(role) ?? 0) + 1);
    const victims = plays.get(way.scenario) ?? new Map<Role, Victim[]>();
    const armed = { point: point.name, nth: Math.ceil(way.passings / 2) };
    plays.set(way.scenario, victims.set(role, [...(victims.get(role) ?? []), { role, armed }]));
  }
  return [...plays].flatMap(([scenario, victims]) => {
    const rounds = Math.max(...[...victims.values()].map(({ length }) => length));
    return Array.from({ length: rounds }, (_, i) => ({
      scenario,
      victims: [...victims.values()].flatMap((ofRole) => ofRole[i] ?? []),
    }));
  });
}

function rolesOf(points: readonly CrashPoint[]): Role[] {
  return [...new Set(points.map(({ role }) => role))];
}

/** Those who were to die and did not. */
export function missedOf({ victims, deaths }: Pick<Outcome, 'victims' | 'deaths'>): Victim[] {
  return victims.filter(
    ({ role, armed }) => armed && !deaths.some((death) => death.role === role && death.point === armed.point),
  );
}

export const TABLE_HEAD = 'role | point | scenario | killed | recovered in ms | result';

/** A line for each who was to die, for people. */
export function linesOf(outcome: Outcome): string[] {
  const { victims, scenario, recoveredMs = '', faults } = outcome;
  const missed = missedOf(outcome);
  return victims.map((victim) => {
    const { role, armed } = victim;
    const killed = missed.includes(victim) ? 'not reached' : `at ${armed?.nth}`;
    const result = faults.length > 0 ? faults.join('; ') : 'whole';
    return [role, armed?.point, scenario.name, killed, recoveredMs, result].join(' | ');
  });
}
