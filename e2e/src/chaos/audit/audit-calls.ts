import type { LedgerCall } from '@planwright/testing';
import { callsBySubject, subjectOf } from './audit-texts.js';
import { finding } from './finding.js';
import type { Books, Finding } from './finding.js';
import { reasonOfCut, reasonOfLateCall, reasonOfRepeat } from './reasons.js';

/** Calls beside the one that a section needs, counted by what made them necessary. */
export interface ExtraCalls {
  /** Finished calls beyond the first of a section: paid for twice. */
  repeated: Record<string, number>;
  /** Calls whose connection the caller closed. */
  cut: Record<string, number>;
  /** Calls that began when the section's text was stored already. */
  late: Record<string, number>;
}

/**
 * A provider is asked for a section once. Again only after a failure of its own, or where a fault took the worker, its
 * lease or its result away. Faults of PostgreSQL, of gateways, orchestrators and notifiers are no reason: results wait.
 */
export function auditCalls(books: Books): { findings: Finding[]; extra: ExtraCalls } {
  const { evidence, calls, faults, orders } = books;
  const findings: Finding[] = [];
  const extra: ExtraCalls = { repeated: {}, cut: {}, late: {} };
  const note = (of: keyof ExtraCalls, rule: string, subject: string, reason: string | null, ...about: LedgerCall[]) => {
    extra[of][reason ?? 'no fault'] = (extra[of][reason ?? 'no fault'] ?? 0) + 1;
    if (reason === null) findings.push(finding(rule, `${subject}: ${about.map(described).join(', then ')}; no fault`));
  };
  const ledger = callsBySubject(calls);
  const cancelled = new Set(orders.flatMap(({ token, cancelAfterMs }) => (cancelAfterMs === null ? [] : [token])));
  for (const [subject, own] of ledger) {
    let first: LedgerCall | undefined;
    for (const call of own) {
      if (call.state === 'cut') {
        const wish = cancelled.has(subject.split('/')[0] ?? '') ? 'cancel' : null;
        note('cut', 'cut off', subject, wish ?? reasonOfCut(faults, call), call);
      }
      if (call.state !== 'finished') continue;
      if (first) note('repeated', 'paid twice', subject, reasonOfRepeat(faults, first, call), first, call);
      first ??= call;
    }
  }
  const tokens = new Map(evidence.runs.map(({ id, token }) => [id, token]));
  for (const step of evidence.steps) {
    const subject = subjectOf(tokens.get(step.runId) ?? '', step.document, step.sectionId);
    const own = ledger.get(subject) ?? [];
    findings.push(...auditBlame(step, subject, own));
    if (step.status !== 'succeeded') continue;
    for (const call of own.filter(({ startedAt }) => startedAt > (step.finishedAt ?? Infinity))) {
      note('late', 'called for a stored text', subject, reasonOfLateCall(faults, call), call);
    }
  }
  return { findings, extra };
}

function described({ number, caller, startedAt, endedAt, state }: LedgerCall): string {
  const at = (ms: number | null) => (ms === null ? '?' : new Date(ms).toISOString().slice(11, 23));
  return `call ${number} of ${caller} ${state} ${at(startedAt)} to ${at(endedAt)}`;
}

/** A step's failures are the provider's, and nobody else's. */
function auditBlame(
  { status, problem, tries }: Books['evidence']['steps'][number],
  subject: string,
  calls: readonly LedgerCall[],
): Finding[] {
  const codes = calls.flatMap(({ failure }) => (failure === null ? [] : [CODES[failure] ?? failure]));
  const had = codes.join(', ') || 'none';
  const found: Finding[] = [];
  if (status === 'failed' && problem !== 'no_input' && !codes.some((code) => code === problem)) {
    found.push(finding('blamed wrongly', `${subject}: failed as ${problem}; failures of the provider: ${had}`));
  }
  if (tries > codes.length) {
    found.push(finding('blamed wrongly', `${subject}: used ${tries} tries; failures of the provider: ${had}`));
  }
  return found;
}

/** What a generator makes of a connection that breaks and of a line it cannot read. */
const CODES: Readonly<Record<string, string>> = { cut: 'connection', garbage: 'malformed' };
