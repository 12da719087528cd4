import type { RunView, SectionView } from '@planwright/contracts/live';
import { emptyRunView, reduceRun, sectionKey, viewOfSnapshot } from '@planwright/contracts/live';
import type { Followed, FollowOptions } from './follow.js';
import type { CallOptions } from './request.js';
import { sha256Of } from './sha256.js';
import type { Run, Version } from './types.js';

/** A section as the reducer has it, in its place in the document, with what is known of its text. */
export interface SectionState extends SectionView {
  /** Place in the document: readers see sections by this, whatever the order of writing. */
  readonly order: number;
  /** The text was compared with the stored one, by its SHA-256, and is the same. */
  readonly verified: boolean;
}

/** A run as a follower has it now. Every value is immutable: what did not change is the same object as before. */
export interface RunState {
  /** What the reducer made of the snapshot and the events since. */
  readonly view: RunView;
  /** Sections of all documents of the run, in the order readers see them. */
  readonly sections: readonly SectionState[];
  readonly isConnected: boolean;
}

export type StateOptions = Omit<FollowOptions, 'from'>;

interface Source {
  runs: {
    get(id: string, call?: CallOptions): Promise<Run>;
    follow(id: string, options?: FollowOptions): AsyncGenerator<Followed>;
  };
  versions: { get(id: string, call?: CallOptions): Promise<Version> };
}

/** Follows a run from its snapshot to its end, and checks every finished text against its SHA-256. */
export class RunFollower {
  /** The state as it is now. */
  state: RunState = { view: emptyRunView(), sections: [], isConnected: false };
  /** Told after each change. */
  onChange: () => void = () => undefined;
  private versions: readonly Version[] = [];
  /** By key of the section: the text that was compared, or asked for anew. */
  private readonly verified = new Map<string, string>();
  private readonly refetched = new Map<string, string>();
  private readonly checks = new Set<Promise<void>>();

  constructor(
    private readonly client: Source,
    private readonly runId: string,
    private readonly options: StateOptions = {},
  ) {}

  /** Resolves at the end of the run or by the signal; throws what following throws. */
  async run(signal = this.options.signal): Promise<void> {
    try {
      const run = await this.client.runs.get(this.runId, { signal });
      this.versions = await Promise.all(
        run.documents.map(({ version_id: id }) => this.client.versions.get(id, { signal })),
      );
      this.changed(viewOfSnapshot(run, this.versions));
      if (this.state.view.ended === null) {
        const following = {
          ...this.options,
          signal,
          from: run.stream.epoch === '' ? undefined : run.stream,
          onConnected: (transport: Parameters<NonNullable<FollowOptions['onConnected']>>[0]) => {
            this.changed(this.state.view, true);
            this.options.onConnected?.(transport);
          },
          onReconnect: (waitMs: number, failures: number) => {
            this.changed(this.state.view, false);
            this.options.onReconnect?.(waitMs, failures);
          },
        };
        for await (const followed of this.client.runs.follow(this.runId, following)) {
          const { view } = this.state;
          // After a reset everything is told again, and applied on top of what is known.
          this.changed(followed.type === 'event' ? reduceRun(view, followed.event) : { ...view, epoch: null, seq: 0 });
        }
      }
      while (this.checks.size > 0 && !signal?.aborted) await Promise.all(this.checks);
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      this.changed(this.state.view, false);
    }
  }

  /** The newest state, again and again until the end. */
  async *states(): AsyncGenerator<RunState> {
    const own = new AbortController();
    const { signal } = this.options;
    let ended = false;
    let shown: RunState | undefined = this.state;
    let ring = () => {};
    this.onChange = () => ring();
    const running = this.run(signal ? AbortSignal.any([signal, own.signal]) : own.signal).finally(() => {
      ended = true;
      ring();
    });
    running.catch(() => undefined);
    try {
      for (;;) {
        if (this.state !== shown) yield (shown = this.state);
        else if (ended) return await running;
        else await new Promise<void>((resolve) => (ring = resolve));
      }
    } finally {
      own.abort();
    }
  }

  private changed(view: RunView, isConnected = this.state.isConnected): void {
    if (view === this.state.view && isConnected === this.state.isConnected) return;
    const before = this.state.view;
    this.state = { view, isConnected, sections: this.sectionsOf(view) };
    for (const [key, section] of Object.entries(view.sections)) {
      if (section !== before.sections[key]) this.check(key, section);
    }
    this.onChange();
  }

  /** Same objects for sections that are the same. */
  private sectionsOf(view: RunView): readonly SectionState[] {
    const before = new Map(this.state.sections.map((section) => [keyOf(section), section]));
    const after = Object.entries(view.sections).map(([key, section]): SectionState => {
      const known = before.get(key);
      const verified = section.content !== null && this.verified.get(key) === section.proof?.sha256;
      const isSame = known && known.verified === verified && sameFields(known, section);
      return isSame ? known : { ...section, ...this.placeOf(section), verified };
    });
    const documents = Object.keys(view.documents);
    after.sort((a, b) => documents.indexOf(a.documentId) - documents.indexOf(b.documentId) || a.order - b.order);
    return after;
  }

  private placeOf(section: SectionView): { order: number; title: string | null } {
    const version = this.versions.find(({ document_id: id }) => id === section.documentId);
    const stored = version?.sections.find(({ id }) => id === section.sectionId);
    return { order: stored?.order ?? Number.MAX_SAFE_INTEGER, title: section.title ?? stored?.title ?? null };
  }

  private check(key: string, { content, proof, documentId, sectionId }: SectionView): void {
    if (content === null || proof === null || this.verified.get(key) === proof.sha256) return;
    const checking = this.compare(key, content, proof, documentId, sectionId).catch(() => undefined);
    this.checks.add(checking);
    void checking.finally(() => this.checks.delete(checking));
  }

  /** Compares a text with what is stored; one that differs is read anew, once. */
  private async compare(
    key: string,
    content: string,
    proof: NonNullable<SectionView['proof']>,
    documentId: string,
    sectionId: string,
  ): Promise<void> {
    const sha256 = await sha256Of(content);
    if (sha256 === null) return;
    if (sha256 === proof.sha256) {
      this.verified.set(key, sha256);
      return this.refreshed();
    }
    const { versionId = null } = this.state.view.documents[documentId] ?? {};
    const id = versionId ?? this.versions.find(({ document_id }) => document_id === documentId)?.id;
    if (id === undefined || this.refetched.get(key) === proof.sha256) return;
    this.refetched.set(key, proof.sha256);
    const version = await this.client.versions.get(id, { signal: this.options.signal });
    const stored = version.sections.find((section) => section.id === sectionId);
    const section = this.state.view.sections[key];
    if (!section || stored?.content == null || stored.sha256 === null) return;
    const read = { length: stored.content.length, sha256: stored.sha256, checkable: true };
    const sections = { ...this.state.view.sections, [key]: { ...section, content: stored.content, proof: read } };
    this.changed({ ...this.state.view, sections });
  }

  private refreshed(): void {
    this.state = { ...this.state, sections: this.sectionsOf(this.state.view) };
    this.onChange();
  }
}

const keyOf = (section: SectionView) => sectionKey(section.documentId, section.sectionId);

/** `title` of a section that is not complete comes from its version. */
function sameFields(known: SectionState, section: SectionView): boolean {
  return (Object.keys(section) as (keyof SectionView)[]).every(
    (name) => known[name] === section[name] || (name === 'title' && section.title === null),
  );
}
