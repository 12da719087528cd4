import type { Blueprint, Mode, RunKind } from '@planwright/contracts';
import type { InputSnapshot } from '../entities/run.entity.js';

/** One document a new run writes. Sections, their order and their stages come from the blueprint. */
export interface NewRunDocument {
  kind: string;
  /** Id of the version to be written. The document itself is made when the project has none of this kind. */
  versionId: string;
  /** Pinned on the run: the engine follows this text to the run's end, whatever is deployed meanwhile. */
  blueprint: Blueprint;
  /** One per section that is not carried, in the order of writing. */
  steps: { id: string; sectionId: string; instructions?: string | null }[];
  /** Finished sections taken over as they are from another version; nobody writes them again. Default: none. */
  carried?: { sectionId: string; fromVersionId: string }[];
  /** The version that is replaced: whose finished sections are carried, and whose texts are shown beside wishes. Default: none. */
  sourceVersionId?: string | null;
  /** Free facts shown with the version. */
  meta?: Record<string, unknown>;
}

/** Everything `insert` writes for a run, in one go. Ids come from the caller. */
export interface NewRun {
  id: string;
  workspaceId: string;
  projectId: string;
  kind: RunKind;
  mode: Mode | null;
  provider: string;
  model: string;
  /** Who asked: a key's name, a user's subject, or `anonymous` where no key is required. */
  triggeredBy: string;
  retryOf?: string | null;
  /** The feature it writes, which is there already; its documents are the feature's own. Default: none. */
  featureId?: string | null;
  /** The project's texts as they were when the run was made. */
  inputSnapshot: InputSnapshot;
  /** Template texts to render from, as `pinnedTemplates` of the prompts library gives them. */
  templates: object;
  /** Versions of documents the run reads and does not write, by kind: those that were active when it was made. */
  pinnedVersions: Readonly<Record<string, string>>;
  /** In chain order. */
  documents: NewRunDocument[];
}

/** What a run writes: no two active runs of a project write the same. */
export function scopesOf({ featureId, documents }: Pick<NewRun, 'featureId' | 'documents'>): string[] {
  return featureId ? [`feature:${featureId}`] : documents.map(({ kind }) => kind);
}

/** What an insert does where another run writes one of the documents: nothing, or make a run that waits for its end. */
export type WhenHeld = 'refuse' | 'wait';

/** A run that is in the way of another. */
export interface Conflict {
  scope: string;
  runId: string;
  /** Set where that run waits itself: it is next in line, and nobody else can be. */
  next?: {
    /** It will write all the documents that were asked for. */
    covers: boolean;
    /** Somebody wants it to stop: it will write nothing. */
    stopping: boolean;
  };
}

export type InsertedRun =
  /** `waitsFor`: runs that have to end before this one starts; none where it may start at once. */
  | { ok: true; waitsFor: readonly string[] }
  /** Nothing was written. */
  | { ok: false; conflict: Conflict };
