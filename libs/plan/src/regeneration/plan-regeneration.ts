import type { Blueprint } from '@planwright/contracts';
import { planChain } from '../chain.js';
import type { Chain } from '../chain.js';
import type { Present, SectionLineage } from './staleness.js';
import { affectedBy, outdatedBy, staleSections } from './staleness.js';

/** A version a new one can take finished sections from. */
export interface SourceVersion {
  readonly versionId: string;
  /** In document order. */
  readonly sections: readonly SectionLineage[];
  /** Kinds that were to be written after this one and were not, as it stayed incomplete. */
  readonly notReached: readonly string[];
}

/** A document of the project, with the blueprint a new version of it would follow. */
export interface KnownDocument {
  readonly blueprint: Blueprint;
  /** What readers get; null where there is none yet. */
  readonly active: SourceVersion | null;
  /** A newer version with a text that lacks some of its sections; null where there is none. */
  readonly incomplete: SourceVersion | null;
}

/** What is to be written anew. */
export interface RegenerationRequest {
  /** Whole documents. */
  readonly documents: readonly string[];
  /** Single sections, by ids that are unique over all documents. */
  readonly sections: readonly string[];
  /** As well all that is made from it. */
  readonly downstream: boolean;
  /** As well all that is stale, and what is made from that; limited to `documents` where any are named. */
  readonly stale: boolean;
}

/** A document of the plan; the lists in the blueprint's order of writing. */
export interface PlannedDocument {
  readonly blueprint: Blueprint;
  readonly write: readonly string[];
  /** Finished sections, taken over by reference from `source`. */
  readonly carried: readonly string[];
  /** The version that is replaced; null where the document has none. */
  readonly source: string | null;
}

/** What is not written and may be stale afterwards, by document: sections whose text used what is written. */
export type Affected = Readonly<Record<string, readonly string[]>>;

export type RegenerationPlan =
  | {
      readonly ok: true;
      /** In chain order. */
      readonly documents: readonly PlannedDocument[];
      readonly pinned: Readonly<Record<string, string>>;
      readonly affected: Affected;
    }
  | { readonly ok: false; readonly code: 'unknown_section'; readonly section: string }
  | { readonly ok: false; readonly code: 'nothing_stale' }
  | Extract<Chain, { ok: false }>;

/** Sections to be written, by document. */
class Wanted {
  readonly byKind = new Map<string, Set<string>>();

  constructor(private readonly known: Readonly<Record<string, KnownDocument>>) {}

  add(kind: string, sections: Iterable<string>): void {
    this.byKind.set(kind, new Set([...(this.byKind.get(kind) ?? []), ...sections]));
  }

  whole(kind: string): void {
    this.add(kind, sectionIds(this.known[kind]));
  }

  /** With all whose last text used one of them. */
  addWithUsers(kind: string, sections: readonly string[]): void {
    const lineage = this.known[kind]?.active?.sections ?? [];
    this.add(kind, [...sections, ...affectedBy(lineage, sections)]);
  }
}

/**
 * What a run writes, what it takes over and what it reads: one function for the preview and for the run. Unchanged
 * sections are taken over. Sections a version lacks are written with whatever else of it is, and then the chain goes on
 * with what was not reached.
 */
export function planRegeneration(
  known: Readonly<Record<string, KnownDocument>>,
  present: Present,
  request: RegenerationRequest,
): RegenerationPlan {
  const wanted = new Wanted(known);
  for (const section of request.sections) {
    const kind = Object.keys(known).find((one) => sectionIds(known[one]).includes(section));
    if (kind === undefined) return { ok: false, code: 'unknown_section', section };
    if (request.downstream) wanted.addWithUsers(kind, [section]);
    else wanted.add(kind, [section]);
  }
  if (request.stale) wantStale(known, present, request.documents, wanted);
  else for (const kind of request.documents) wanted.whole(kind);
  if (wanted.byKind.size === 0) return { ok: false, code: 'nothing_stale' };
  if (request.downstream && !request.stale) wantDownstream(known, wanted);

  const planned = new Map<string, PlannedDocument>();
  for (const [kind, sections] of wanted.byKind) plan(kind, sections);
  const sources = [...planned.values()].flatMap(({ source, carried }) => (carried.length > 0 ? [source] : []));
  for (const kind of notReached(known, sources)) if (!planned.has(kind)) plan(kind, new Set());
  const chain = planChain(
    [...planned.values()].map(({ blueprint }) => blueprint),
    Object.fromEntries(Object.entries(known).map(([kind, { active }]) => [kind, active?.versionId ?? null])),
  );
  if (!chain.ok) return chain;
  const documents = chain.documents.flatMap(({ document }) => planned.get(document) ?? []);
  return { ok: true, documents, pinned: chain.pinned, affected: affectedOutside(known, planned) };

  function plan(kind: string, sections: ReadonlySet<string>): void {
    const document = known[kind];
    if (document) planned.set(kind, planDocument(document, sections, request.stale));
  }
}

/** What is stale now, and what would be once that is written: sections of the document, and of those made from it. */
function wantStale(
  known: Readonly<Record<string, KnownDocument>>,
  present: Present,
  only: readonly string[],
  wanted: Wanted,
): void {
  for (const kind of upstreamFirst(known)) {
    const lineage = known[kind]?.active?.sections ?? [];
    if (only.length > 0 && !only.includes(kind)) continue;
    const stale = [...staleSections(lineage, present).keys()];
    const madeFromWanted = lineage.filter(({ madeFrom }) =>
      Object.keys(madeFrom ?? {}).some((input) => wanted.byKind.has(input)),
    );
    const both = [...stale, ...madeFromWanted.map(({ id }) => id)];
    if (both.length === 0) continue;
    // What is missing is written as well, and outdates what did without it.
    const missing = lineage.flatMap(({ id, sha256 }) => (sha256 === null ? [id] : []));
    const begins = [...new Set([...both, ...missing])];
    wanted.add(kind, [...begins, ...outdatedBy(lineage, begins)]);
  }
}

/** Every document that is made from one of these, whole. */
function wantDownstream(known: Readonly<Record<string, KnownDocument>>, wanted: Wanted): void {
  for (const kind of upstreamFirst(known)) {
    if (!wanted.byKind.has(kind) && requires(known[kind]).some((used) => wanted.byKind.has(used))) wanted.whole(kind);
  }
}

function planDocument(document: KnownDocument, sections: ReadonlySet<string>, fromActive: boolean): PlannedDocument {
  const { blueprint, active, incomplete } = document;
  const ids = blueprint.stages.flatMap((stage) => stage.sections);
  const finished = (version: SourceVersion | null) =>
    (version?.sections ?? []).flatMap(({ id, sha256 }) => (sha256 === null ? [] : [id]));
  const isMissing = !fromActive && incomplete && [...sections].some((id) => !finished(incomplete).includes(id));
  const source = isMissing || !active ? incomplete : active;
  const carried = ids.filter((id) => !sections.has(id) && finished(source).includes(id));
  const write = ids.filter((id) => !carried.includes(id));
  return { blueprint, write, carried, source: source?.versionId ?? null };
}

/** What the chain would have gone on with after these versions, and the project still lacks. */
function notReached(known: Readonly<Record<string, KnownDocument>>, sources: readonly (string | null)[]): string[] {
  return Object.values(known)
    .flatMap(({ active, incomplete }) => [active, incomplete])
    .flatMap((version) => (version && sources.includes(version.versionId) ? version.notReached : []))
    .filter((kind) => known[kind] && !known[kind].active);
}

function affectedOutside(
  known: Readonly<Record<string, KnownDocument>>,
  planned: ReadonlyMap<string, PlannedDocument>,
): Affected {
  const entries = Object.entries(known).flatMap(([kind, { active, incomplete }]): [string, readonly string[]][] => {
    const plan = planned.get(kind);
    const version = plan?.source && plan.source === incomplete?.versionId ? incomplete : active;
    const lineage = version?.sections ?? [];
    const fromPlanned = lineage.filter(({ madeFrom }) =>
      Object.keys(madeFrom ?? {}).some((input) => planned.has(input)),
    );
    const begins = [...new Set([...(plan?.write ?? []), ...fromPlanned.map(({ id }) => id)])];
    const reached = [...fromPlanned.map(({ id }) => id), ...affectedBy(lineage, begins)];
    const affected = lineage.map(({ id }) => id).filter((id) => reached.includes(id) && !plan?.write.includes(id));
    return affected.length > 0 ? [[kind, affected]] : [];
  });
  return Object.fromEntries(entries);
}

/** Kinds in an order in which each comes after what it is made from. */
function upstreamFirst(known: Readonly<Record<string, KnownDocument>>): string[] {
  const ordered: string[] = [];
  const visit = (kind: string): void => {
    if (ordered.includes(kind) || !known[kind]) return;
    for (const used of requires(known[kind])) visit(used);
    ordered.push(kind);
  };
  for (const kind of Object.keys(known)) visit(kind);
  return ordered;
}

const requires = (document: KnownDocument | undefined): readonly string[] => document?.blueprint.requires ?? [];
const sectionIds = (document: KnownDocument | undefined): string[] =>
  document?.blueprint.sections.map(({ id }) => id) ?? [];
