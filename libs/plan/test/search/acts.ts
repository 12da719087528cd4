import {
  as,
  attemptOf,
  fenceOf,
  isAlive,
  isConnected,
  isFact,
  isMark,
  isMessage,
  isWorker,
  item,
  Kind,
  kindOf,
  stepOf,
  type System,
} from './items.js';
import { FAILED_ENDS } from './events.js';
import type { Runs } from './runs.js';
import type { Scenario } from './scenario.js';

/**
 * Everything that can happen next. `free`: goes on by itself as long as nothing breaks. `optional`: may happen or never,
 * such as a person's cancel. `fault`: breaks something, and is counted.
 */
export const ACTS = {
  promote: 'free',
  start: 'free',
  admit: 'free',
  take: 'free',
  deliver: 'free',
  write: 'free',
  finish: 'free',
  hear: 'free',
  acknowledge: 'free',
  wake: 'free',
  sweep: 'free',
  check: 'free',
  cancel: 'optional',
  thaw: 'optional',
  fail: 'fault',
  crash: 'fault',
  freeze: 'fault',
  drop: 'fault',
  duplicate: 'fault',
  purge: 'fault',
  sweepEarly: 'fault',
} as const;
type ActName = keyof typeof ACTS;

/** `item`: what it happens to. `outcome`: what a call ends with. */
export interface Act {
  readonly name: ActName;
  readonly item: number;
  readonly outcome?: Kind;
}

/** All that can happen in a state, faults only while some are left. */
export function actsIn(system: System, runs: Runs, scenario: Scenario): Act[] {
  const acts: Act[] = [];
  let before = -1;
  for (const code of system.items) {
    if (code !== before) acts.push(...actsOn(code, system, scenario));
    before = code;
  }
  acts.push(...actsOfRun(system, runs));
  if (system.faults > 0 && system.items.some((code) => isMessage(code) || isMark(code)))
    acts.push({ name: 'purge', item: 0 });
  return system.faults > 0 ? acts : acts.filter(({ name }) => ACTS[name] !== 'fault');
}

function actsOn(code: number, system: System, scenario: Scenario): Act[] {
  if (isMessage(code))
    return [...actsOnMessage(code, system, scenario), { name: 'drop', item: code }, { name: 'duplicate', item: code }];
  return isWorker(code) ? actsOfWorker(code, system, scenario) : [];
}

function actsOnMessage(code: number, system: System, scenario: Scenario): Act[] {
  if (kindOf(code) === Kind.stop) return [{ name: 'hear', item: code }];
  if (isFact(code)) return [{ name: 'deliver', item: code }];
  const isFree = system.items.filter(isConnected).length < scenario.workers;
  return isFree || kindOf(code) === Kind.redelivered ? [{ name: 'take', item: code }] : [];
}

function actsOfWorker(code: number, system: System, { streaming }: Scenario): Act[] {
  const crash: Act = { name: 'crash', item: code };
  switch (kindOf(code)) {
    case Kind.told:
      return [{ name: 'acknowledge', item: code }, crash];
    case Kind.frozen:
      return [{ name: 'thaw', item: code }, crash];
    default: {
      const acts: Act[] = [crash, { name: 'finish', item: code, outcome: Kind.generated }];
      acts.push(...FAILED_ENDS.map((outcome): Act => ({ name: 'fail', item: code, outcome })));
      if (streaming && kindOf(code) === Kind.calling) acts.push({ name: 'write', item: code });
      if (kindOf(code) !== Kind.thawed) acts.push({ name: 'freeze', item: code });
      // With its next renewal, whether the broadcast reached it or not.
      if (isStopped(system, code)) acts.push({ name: 'hear', item: code });
      return acts;
    }
  }
}

function actsOfRun(system: System, runs: Runs): Act[] {
  const { run, admitted, items } = system;
  const { status, waiting, cancelRequested } = runs.state(run);
  if (runs.isEnded(run)) return [];
  const acts: Act[] = [];
  if (waiting) acts.push({ name: 'promote', item: 0 });
  if (status === 'queued') acts.push({ name: 'start', item: item(Kind.start, 0, 0) });
  if (!cancelRequested) acts.push({ name: 'cancel', item: item(Kind.cancel, 0, 0) });
  if (status === 'running') acts.push({ name: 'check', item: item(Kind.check, 0, 0) });
  for (let i = 0; i < runs.steps; i++) {
    const step = runs.step(run, i);
    const [fence, isAdmitted] = [item(Kind.lost, i, step.attempt), (admitted & (1 << i)) !== 0];
    if (step.status === 'delayed') acts.push({ name: 'wake', item: as(Kind.due, fence) });
    if (step.status === 'queued' && step.attempt > 0 && !isAdmitted) acts.push({ name: 'admit', item: fence });
    if (step.status === 'running' || (step.status === 'queued' && isAdmitted))
      acts.push({ name: isSilent(items, fence, step.status) ? 'sweep' : 'sweepEarly', item: fence });
  }
  return acts;
}

/** What the sweeper takes for lost when it is patient: nothing on its way speaks for the step, and no lease where one counts. */
function isSilent(items: readonly number[], fence: number, status: 'queued' | 'running'): boolean {
  return !items.some((code) => {
    if (fenceOf(code) !== fenceOf(fence)) return false;
    return isFact(code) || (status === 'queued' ? kindOf(code) === Kind.command : isAlive(code));
  });
}

export function isStopped({ items }: System, code: number): boolean {
  return items.some(
    (mark) => kindOf(mark) === Kind.stopped && stepOf(mark) === stepOf(code) && attemptOf(mark) >= attemptOf(code),
  );
}

/** One act in words, for the way to a violation. */
export function wordsOf({ name, item: code, outcome }: Act, runs: Runs): string {
  const fence = `${runs.nameOf(stepOf(code))}/${attemptOf(code)}`;
  const kindName = (kind: Kind) => Object.entries(Kind).find(([, value]) => value === kind)?.[0] ?? '?';
  const what = `${kindName(kindOf(code))} ${fence}`;
  if (name === 'admit' || name === 'wake') return `${name} ${fence}`;
  if (stepOf(code) + attemptOf(code) === 0) return name;
  if (name === 'sweepEarly') return `sweep too early: lost ${fence}`;
  if (name === 'sweep') return `sweep: lost ${fence}`;
  if (outcome) return `worker ${what} ends: ${kindName(outcome)}`;
  return isWorker(code) ? `worker ${what}: ${name}` : `${name} ${what}`;
}
