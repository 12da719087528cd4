import type { Blueprint, Mode, RunKind } from '@planwright/contracts';
import type { InputSnapshot } from '../entities/run.entity.js';

/** One document a new run writes. Sections, their order and their stages come from the blueprint. */
export interface NewRunDocument {
  kind: string;
  /** Id of the version to be written. The document itself is made when the project has none of this kind. */
  versionId: string;
  /** Pinned on the run: the engine follows this text to the run's end, whatever is deployed meanwhile. */
  blueprint: Blueprint;
  /** One per section, in the order of writing. */
  steps: { id: string; sectionId: string }[];
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
  /** The project's texts as they were when the run was made. */
  inputSnapshot: InputSnapshot;
  /** Template texts to render from, as `pinnedTemplates` of the prompts library gives them. */
  templates: object;
  /** Versions of documents the run reads and does not write, by kind: those that were active when it was made. */
  pinnedVersions: Readonly<Record<string, string>>;
  /** In chain order. */
  documents: NewRunDocument[];
}

/** `conflict`: another active run of the project already writes this scope; nothing was written. */
export type InsertedRun = { ok: true } | { ok: false; conflict: { scope: string; runId: string } };
