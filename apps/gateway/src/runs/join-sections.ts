import type { Mode, OnConflict } from '@planwright/contracts';
import type { LockedRun, NewRun, NewRunDocument, OutboxMessage, Tx } from '@planwright/persistence';
import type { DocumentState } from '@planwright/plan';
import { command } from '../changes/send.js';
import { RequestProblem } from '../http/problem.js';

/** What somebody asks of the sections of a document, as far as it says which run may take them on. */
export interface SectionWish {
  /** Sections that are named. */
  sections: readonly string[];
  /** Sections to be written after them, as they use them. Default: none. */
  cascade?: readonly string[];
  /** Who shall write, and how. Default: whoever writes the others. */
  provider?: string | undefined;
  model?: string | undefined;
  mode?: Mode | undefined;
}

/** A run that took on the sections another one was to write. */
export interface JoinedRun {
  runId: string;
  messages: readonly OutboxMessage[];
}

/**
 * While a run writes single sections of a document, requests for others of it become part of that run: one version comes
 * of all. Null where there is no such run. What the run can't do as it was asked for is refused with 409 `run_active`, or
 * left to a run of its own where that may wait: a section it writes already, one of the cascade that it has begun, another
 * model or mode. Sections that are merely missing and that it writes already are left to it. Comes before anything else
 * is locked, as it locks a run.
 */
export async function joinSections(
  tx: Tx,
  run: NewRun,
  wish: SectionWish,
  onConflict: OnConflict,
): Promise<JoinedRun | null> {
  const [document, ...others] = run.documents;
  if (run.kind !== 'sections' || !document || others.length > 0 || onConflict === 'replace') return null;
  const { workspaceId, projectId } = run;
  const holders = await tx.runs.holders({ workspaceId, projectId, scopes: [document.kind] });
  const candidates = await tx.runs.joinable({ workspaceId, projectId, kind: document.kind });
  for (const { runId, waiting } of candidates) {
    // One that waits behind a run of another kind is for who is ready to wait.
    if (waiting && holders.length > 0 && onConflict !== 'enqueue') continue;
    const locked = await tx.runs.lock(runId);
    const written = locked?.state.documents.find(({ kind }) => kind === document.kind);
    if (!locked || !written || !isOpenFor(locked, written)) continue;
    const refusal = refusalOf(locked, written, document, wish);
    if (!refusal) return take(tx, locked, written, document);
    if (onConflict !== 'enqueue') throw refusal;
  }
  return null;
}

function isOpenFor({ state, cancelRequestedAt }: LockedRun, { status }: DocumentState): boolean {
  if (state.cancelRequested || cancelRequestedAt !== null) return false;
  return status === 'queued' || status === 'generating';
}

async function take(
  tx: Tx,
  locked: LockedRun,
  { versionId, documentId, blueprint, carried }: DocumentState,
  { steps }: NewRunDocument,
): Promise<JoinedRun> {
  const { runId, workspaceId } = locked;
  const added = steps.filter(({ sectionId }) => carried.includes(sectionId));
  await tx.runs.addSections(locked, {
    ...{ versionId, documentId, blueprint },
    steps: added.map(({ id, sectionId, instructions = null }) => ({ id, sectionId, instructions })),
  });
  if (locked.state.status === 'queued') return { runId, messages: [] };
  const message = command('run.start', { run_id: runId }, workspaceId);
  await tx.outbox.add([message]);
  return { runId, messages: [message] };
}

/** Null where the run can do all that is wished. */
function refusalOf(
  locked: LockedRun,
  written: DocumentState,
  document: NewRunDocument,
  wish: SectionWish,
): RequestProblem | null {
  const { runId } = locked;
  const refuse = (detail: string, scope: string) => new RequestProblem('run_active', detail, { run_id: runId, scope });
  const twice = wish.sections.find((id) => written.steps.some(({ sectionId }) => sectionId === id));
  if (twice !== undefined) return refuse(`Run ${runId} is already writing ${twice}.`, twice);
  const unknown = wish.sections.find((id) => !written.carried.includes(id));
  if (unknown !== undefined) {
    return refuse(`Run ${runId} is writing a version of ${written.kind} without ${unknown}.`, written.kind);
  }
  const [begun, ...more] = begunTooSoon(written, document, wish);
  if (begun !== undefined) {
    const names = [begun, ...more].join(', ');
    return refuse(`Run ${runId} has begun ${names}, so it would not be made from what is asked for.`, begun);
  }
  const mode = written.blueprint.mode;
  const differing = [
    differenceOf('provider', locked.provider, wish.provider),
    differenceOf('model', locked.model, wish.model),
    differenceOf('mode', mode, mode === null ? undefined : wish.mode),
  ].flatMap((difference) => difference ?? []);
  if (differing.length === 0) return null;
  const others = `Run ${runId} is writing other sections of ${written.kind}`;
  return refuse(`${others}, and can't take these on: its ${differing.join(', its ')}.`, written.kind);
}

function differenceOf(name: string, its: string | null, wished: string | undefined): string | null {
  return wished === undefined || wished === its ? null : `${name} is ${its}, not ${wished}`;
}

/**
 * Sections of the cascade that a generator has begun, though they use what is to be written anew. One that was merely
 * issued, or is tried again later, waits for what is added before it.
 */
function begunTooSoon(
  { steps, carried, blueprint }: DocumentState,
  document: NewRunDocument,
  { cascade = [] }: SectionWish,
): string[] {
  const anew = new Set(document.steps.flatMap(({ sectionId }) => (carried.includes(sectionId) ? [sectionId] : [])));
  // In the order of writing, so that what a section uses has been looked at before.
  for (const id of blueprint.stages.flatMap(({ sections }) => sections)) {
    const uses = blueprint.sections.find((section) => section.id === id)?.uses ?? [];
    if (uses.some((used) => anew.has(used))) anew.add(id);
  }
  const begun = steps.filter(({ status }) => status !== 'queued' && status !== 'delayed');
  return begun.flatMap(({ sectionId }) => (cascade.includes(sectionId) && anew.has(sectionId) ? [sectionId] : []));
}
