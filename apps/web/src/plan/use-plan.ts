import { useEffect, useState } from 'react';
import type { Client, DocumentView, Schemas } from '@planwright/client';
import type { FollowedRun } from '@planwright/client/react';
import { useClient, useRun } from '@planwright/client/react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Project } from '../project/queries.js';
import { read, useBlueprints, useDocuments, useRuns } from '../project/queries.js';
import { isSignInNeeded } from '../session/messages.js';
import { inOrder, keepSame, ofStored, sectionsOfRun } from './shown-sections.js';
import type { ShownSection, Turn } from './shown-sections.js';
import { unfinishedRunOf, versionToShow, writingRunOf } from './shown-run.js';
import type { RunOfDocument } from './shown-run.js';

/** What is known of a run while it writes the document on the screen. */
export interface LiveRun extends RunOfDocument {
  readonly followed: FollowedRun;
  readonly view: DocumentView | null;
  readonly turn: Turn | null;
  /** The document was finished a moment ago; what is stored of it is being read. */
  readonly isOver: boolean;
}

export interface Plan {
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly sections: readonly ShownSection[];
  readonly live: LiveRun | null;
  /** The last run, where it left something to do. */
  readonly unfinished: RunOfDocument | null;
  readonly document: Schemas['Document'] | null;
  /** The version on the screen; null while none is, and while a run writes. */
  readonly version: Schemas['Version'] | null;
  readonly blueprint: Schemas['Blueprint'] | null;
  refetch(): void;
}

/**
 * A document as it is now: what a run is writing, else what is stored. From the one it goes to the other only once that is
 * read, so that nothing on the screen goes away in between.
 */
export function usePlan(project: Project, kind: string): Plan {
  const client = useClient();
  const runs = useRuns(project.id);
  const documents = useDocuments(project.id);
  const blueprints = useBlueprints();
  const items = runs.data?.items ?? [];
  const live = useLiveRun(project.id, kind, writingRunOf(items, kind), blueprints.data ?? []);

  const documentId = documents.data?.find((one) => one.kind === kind && one.feature_id === null)?.id ?? null;
  const document = useQuery({ ...read.document(client, project.id, documentId ?? ''), enabled: documentId !== null });
  const active = document.data?.active_version ?? null;
  const unfinished = unfinishedRunOf(items, kind, active);
  const versionId = live?.document.version_id ?? versionToShow(active, unfinished);
  const isActive = versionId === active?.id && !live;
  const other = useQuery({
    ...read.version(client, project.id, versionId ?? ''),
    enabled: versionId !== null && !isActive,
  });
  const version = isActive ? active : (other.data ?? null);

  const stored = version?.sections ?? [];
  const sections = useSame(
    live && live.view ? sectionsOfRun(live.sections, stored, live.turn) : inOrder(stored).map(ofStored),
  );
  const isLoadingText = documentId !== null && (document.isPending || (versionId !== null && version === null));
  const queries = [runs, documents, ...(documentId ? [document] : []), ...(versionId && !isActive ? [other] : [])];
  const mode = live?.run.mode ?? unfinished?.run.mode ?? null;
  return {
    isLoading: runs.isPending || documents.isPending || isLoadingText || (live !== null && live.followed.isLoading),
    error: queries.find(({ error, data }) => error && data === undefined)?.error ?? null,
    sections,
    live,
    unfinished: live ? null : unfinished,
    document: document.data ?? null,
    version: live ? null : version,
    blueprint: blueprintOf(blueprints.data ?? [], kind, mode),
    refetch: () => queries.forEach((query) => void query.refetch()),
  };
}

function blueprintOf(
  blueprints: readonly Schemas['Blueprint'][],
  kind: string,
  mode: string | null,
): Schemas['Blueprint'] | null {
  const ofKind = blueprints.filter(({ document }) => document === kind);
  return ofKind.find((one) => one.mode === mode) ?? ofKind.find((one) => one.mode === null) ?? ofKind[0] ?? null;
}

/**
 * Follows the run that writes the document, and holds it after its end until what it stored was read. One whose key is refused
 * stays as it was last seen, and is followed anew by whoever signs in.
 */
function useLiveRun(
  projectId: string,
  kind: string,
  writing: RunOfDocument | null,
  blueprints: readonly Schemas['Blueprint'][],
): (LiveRun & { sections: FollowedRun['sections'] }) | null {
  const client = useClient();
  const queries = useQueryClient();
  const [held, setHeld] = useState<RunOfDocument | null>(null);
  const [released, setReleased] = useState<{ runId: string | null; client: Client } | null>(null);
  const isReleased = released?.runId === writing?.run.id && released?.client === client;
  if (writing && writing.run.id !== held?.run.id && !isReleased) setHeld(writing);
  const runId = held?.run.id ?? null;
  const followed = useRun(runId);
  const view = Object.values(followed.view.documents).find((one) => one.kind === kind) ?? null;
  const hasEnded = view !== null && (followed.view.ended !== null || !['queued', 'generating'].includes(view.status));
  // Also where it can't be followed, or where its end was heard of on another way.
  const isRefused = isSignInNeeded(followed.error);
  const isOver = held !== null && !isRefused && (hasEnded || followed.error !== null || writing?.run.id !== runId);
  useEffect(() => {
    if (!isOver && !isRefused) return;
    let isCurrent = true;
    // Refused as well, these have the session ask for another key.
    void queries.invalidateQueries({ queryKey: ['project', projectId] }).finally(() => {
      if (!isCurrent || isRefused) return;
      setReleased({ runId, client });
      setHeld(null);
    });
    return () => void (isCurrent = false);
  }, [isOver, isRefused, queries, client, projectId, runId]);
  if (!held) return null;
  const run = writing?.run.id === runId ? writing.run : held.run;
  const blueprint = blueprintOf(blueprints, kind, run.mode);
  return {
    run,
    document: held.document,
    followed,
    view,
    turn: blueprint && view ? { stage: view.status === 'queued' ? null : view.stage, stages: blueprint.stages } : null,
    isOver,
    sections: followed.sections.filter(({ document }) => document === kind),
  };
}

/** Sections that did not change are the same objects as the last time. */
function useSame(sections: readonly ShownSection[]): readonly ShownSection[] {
  const [known, setKnown] = useState<readonly ShownSection[]>([]);
  const same = keepSame(known, sections);
  if (same !== known) setKnown(same);
  return same;
}
