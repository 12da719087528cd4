import type { LedgerCall } from '@planwright/testing';
import { kindOf } from '../faults.js';
import type { Fault, FaultRecord } from '../faults.js';

/** How long after its end a fault may still be the reason: what waited meanwhile is found and repaired. */
const AFTERMATH_MS = 10_000;
/** A killed process closes its connections at once. */
const KILLED_WITHIN_MS = 2_000;
/** How far back what was forgotten with a Redis may matter: as long as a command may wait in a queue. */
const FORGOTTEN_MS = 60_000;

/** A call at the provider, as far as reasons go. */
type Call = Pick<LedgerCall, 'caller' | 'startedAt' | 'endedAt'>;

/** Why a caller closed the connection; null where no fault explains it. */
export function reasonOfCut(faults: readonly FaultRecord[], { caller, startedAt, endedAt }: Call): string | null {
  const at = endedAt ?? startedAt;
  const own = faultsOf(faults, [caller]);
  const killed = own.find((record) => record.fault.kind === 'kill' && Math.abs(record.at - at) < KILLED_WITHIN_MS);
  if (killed) return kindOf(killed.fault);
  return likeliest(own.filter(({ fault }) => fault.kind !== 'kill')) ?? likeliest(faults.filter(isOfAll));

  function likeliest(candidates: readonly FaultRecord[]): string | null {
    const last = candidates.filter((record) => overlaps(record, startedAt, at)).at(-1);
    return last ? kindOf(last.fault) : null;
  }
}

/** Why a section was written once more although a call for it had been finished; null where no fault explains it. */
export function reasonOfRepeat(faults: readonly FaultRecord[], first: Call, second: Call): string | null {
  const near = faults.filter((record) => overlaps(record, first.startedAt, second.startedAt));
  const killed = faultsOf(near, [first.caller]).find(({ fault, at }) => {
    const hadIt = at >= first.startedAt && at <= (first.endedAt ?? at) + AFTERMATH_MS;
    return fault.kind === 'kill' && hadIt;
  });
  const own = faultsOf(near, [first.caller, second.caller]).findLast(({ fault }) => fault.kind !== 'kill');
  const reason = killed ?? own ?? near.findLast(isOfAll);
  return reason ? kindOf(reason.fault) : null;
}

/**
 * Why a call began for a section whose text was stored already: only what is kept in Redis holds a late command back, so
 * only a Redis that forgot it, or was out of reach, explains that.
 */
export function reasonOfLateCall(faults: readonly FaultRecord[], { caller, startedAt }: Call): string | null {
  const near = faults.filter((record) => overlaps(record, startedAt - FORGOTTEN_MS, startedAt));
  const reason = near.filter(({ fault }) => hurtsRedis(fault, caller)).at(-1);
  return reason ? kindOf(reason.fault) : null;
}

function hurtsRedis(fault: Fault, caller: string): boolean {
  if (fault.kind === 'flush') return true;
  if (fault.kind === 'cut-process') return fault.process === caller;
  if (fault.kind === 'half-open') return fault.process === caller && fault.service === 'redis';
  return (fault.kind === 'restart' || fault.kind === 'cut-service') && fault.service === 'redis';
}

/** Faults that take work from every generator. Those of PostgreSQL do not: results wait for it. */
function isOfAll({ fault }: FaultRecord): boolean {
  if (fault.kind === 'restart' || fault.kind === 'cut-service') return fault.service !== 'postgres';
  return fault.kind === 'purge' || fault.kind === 'flush';
}

function faultsOf(faults: readonly FaultRecord[], processes: readonly string[]): FaultRecord[] {
  return faults.filter(({ fault }) => 'process' in fault && processes.includes(fault.process));
}

function overlaps({ at, overAt, skipped }: FaultRecord, from: number, to: number): boolean {
  return skipped === null && at <= to && (overAt ?? Infinity) + AFTERMATH_MS >= from;
}
