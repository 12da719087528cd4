import type { Schemas } from '@planwright/client';
import { formatShort, formatCost } from '../format/numbers.js';
import { formatDuration } from '../format/time.js';
import { nameOfKind } from '../plan/run-choices.js';

type Run = Schemas['RunSummary'];

/** What a run writes: `Plan: PRD, tech spec, tasks`, `2 sections of the PRD`, `Feature: spec, tasks`. */
export function subjectOf(run: Run, blueprints: readonly Schemas['Blueprint'][]): string {
  const names = run.documents.map(({ kind }) => nameOfKind(kind, blueprints));
  const list = new Intl.ListFormat('en').format(names.map((name, index) => (index === 0 ? name : lowered(name))));
  if (run.kind === 'feature') return `Feature: ${list}`;
  if (run.kind === 'sections') return `Sections of ${list}`;
  return list;
}

/** `Tech spec` inside of a sentence; `PRD` stays as it is. */
const lowered = (name: string) => (/^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name);

/** How long a run took, or takes already; null before it began. */
export function durationOf({ started_at: start, finished_at: end }: Run, nowMs: number): string | null {
  if (start === null) return null;
  return formatDuration(((end === null ? nowMs : Date.parse(end)) - Date.parse(start)) / 1_000);
}

export const tokensOf = ({ usage }: Run): string | null =>
  usage === null ? null : `${formatShort(usage.input_tokens + usage.output_tokens)} tokens`;

export function costOf({ cost }: Run): string | null {
  if (cost === null) return null;
  if (cost.unpriced_calls > 0) return !cost.amount ? formatCost(null) : `${formatCost(cost.amount)} and more`;
  return formatCost(cost.amount);
}

/** Where what a run wrote is read: its first document's screen; features have a screen of their own. */
export function addressOf({ project_id: project, kind, documents }: Run): string {
  const at = `/projects/${project}`;
  if (kind === 'feature') return `${at}/features`;
  const first = documents[0]?.kind;
  return first === undefined || first === 'task_set' ? `${at}/board` : `${at}/plan/${first}`;
}
