import type { Schemas } from '@planwright/client';
import type { Tone } from '../ui/badge.js';

type Summary = Schemas['VersionSummary'];

/** Versions with a text, which readers may be given. */
export const isReadable = ({ status }: Pick<Summary, 'status'>): boolean => status === 'ready' || status === 'partial';

/** The newest readable version before one. */
export const previousReadable = (versions: readonly Summary[], number: number): Summary | undefined =>
  versions.filter((one) => one.number < number && isReadable(one)).sort((a, b) => b.number - a.number)[0];

const STATUSES: Record<Summary['status'], { word: string; tone: Tone }> = {
  queued: { word: 'Waiting', tone: 'info' },
  generating: { word: 'Being written', tone: 'info' },
  ready: { word: 'Complete', tone: 'plain' },
  partial: { word: 'Some sections missing', tone: 'warn' },
  failed: { word: 'Failed', tone: 'bad' },
  cancelled: { word: 'Cancelled', tone: 'plain' },
};

/** What a version's status is called. */
export const statusOf = ({ status }: Pick<Summary, 'status'>): { word: string; tone: Tone } => STATUSES[status];

/** What made a version: `a run of the plan`, `a run of single sections`, `imported`. */
export function originOf(version: Pick<Summary, 'meta'>, run: Pick<Schemas['RunSummary'], 'kind'> | undefined): string {
  if (version.meta['imported_from']) return 'imported';
  if (!run) return 'its run';
  return { plan: 'a run of the plan', sections: 'a run of single sections', feature: 'a run of a feature' }[run.kind];
}

/** Two versions at most: a third takes the place of the one that was chosen first. */
export const chosenTwo = (chosen: readonly string[], id: string): string[] =>
  chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen.slice(-1), id];

/** The older one is compared with the newer one, in whatever order they were chosen. */
export function comparedPair(versions: readonly Summary[], chosen: readonly string[]): [Summary, Summary] | null {
  const [from, to] = versions.filter(({ id }) => chosen.includes(id)).sort((a, b) => a.number - b.number);
  return from && to ? [from, to] : null;
}

/** Where readers find a document: its cards on the board, its text on a screen of its own. */
export const documentPath = (projectId: string, kind: string): string =>
  `/projects/${projectId}/${kind === 'task_set' ? 'board' : `plan/${kind}`}`;
export const versionsPath = (projectId: string, documentId: string): string =>
  `/projects/${projectId}/documents/${documentId}/versions`;
export const versionPath = (projectId: string, documentId: string, versionId: string): string =>
  `${versionsPath(projectId, documentId)}/${versionId}`;
export const comparePath = (projectId: string, documentId: string, from: string, to: string): string =>
  `/projects/${projectId}/documents/${documentId}/compare/${from}/${to}`;
