import { RUN_END_TYPES } from '@planwright/contracts';
import type { RunLiveEvent, RunResource, VersionResource } from '@planwright/contracts';
import { sha256 } from './transcript.js';
import type { Transcript } from './transcript.js';

export interface Seen {
  /** Sections that were complete before the follower came, by document and section id. Default none. */
  unseen?: ReadonlySet<string>;
  /** How often the follower was told that the log began anew. Default 0. */
  resets?: number;
  /** The log was lost and made again from the rows, which tell of a completed section without its chunks. */
  rebuilt?: boolean;
}

/** What this follower saw written is what is stored, to the byte, for every section that was completed. */
export function expectExact(
  transcript: Transcript,
  run: RunResource,
  versions: Record<string, VersionResource>,
  { unseen = new Set(), resets = 0, rebuilt = false }: Seen = {},
): void {
  expect(transcript.faults).toEqual([]);
  expect(transcript.resets).toBe(resets);
  expect(transcript.end?.type).toBe(run.status === 'succeeded' ? 'complete' : run.status);
  const seen: unknown[] = [];
  const stored: unknown[] = [];
  for (const { id: documentId, kind } of run.documents) {
    for (const { id, status, content, sha256: hash } of versions[kind]?.sections ?? []) {
      if (status !== 'completed' || unseen.has(`${documentId}/${id}`)) continue;
      const complete = transcript.events.find(
        (event) => event.type === 'section_complete' && event.document_id === documentId && event.section_id === id,
      );
      if (complete?.type !== 'section_complete') throw new Error(`the follower was not told that ${id} is complete`);
      const { length } = complete;
      const written = transcript.text(documentId, id) ?? (rebuilt ? complete.content : '');
      seen.push({ id, chunks: sha256(written), event: sha256(complete.content), said: complete.sha256, length });
      stored.push({ id, chunks: hash, event: hash, said: hash, length: content?.length });
      expect(sha256(content ?? '')).toBe(hash);
    }
  }
  expect(seen).toEqual(stored);
  expect(seen.length + unseen.size).toBeGreaterThan(0);
}

/** The order of a run's events, from the page on the protocol: stages, sections, documents and one end. */
export function expectOrder(events: readonly RunLiveEvent[]): void {
  const at = (what: string, test: (event: RunLiveEvent) => boolean): number => {
    const index = events.findIndex(test);
    if (index < 0) throw new Error(`there is no event ${what}`);
    return index;
  };
  for (const [index, event] of events.entries()) {
    if (event.type === 'section_started' || event.type === 'section_complete' || event.type === 'chunk') {
      const { document_id, section_id } = event;
      const stage = at(
        `stage of ${section_id}`,
        (other) => other.type === 'stage' && other.document_id === document_id && other.sections.includes(section_id),
      );
      expect(index).toBeGreaterThan(stage);
    }
    if (event.type === 'chunk') {
      const { document_id, section_id } = event;
      const over = events.findIndex(
        (other) =>
          (other.type === 'section_complete' || other.type === 'section_failed') &&
          other.document_id === document_id &&
          other.section_id === section_id,
      );
      if (over >= 0) expect(index).toBeLessThan(over);
    }
    if (event.type === 'stage' && event.stage > 1) {
      const before = events.slice(0, index);
      const open = before.flatMap((earlier) =>
        earlier.type === 'stage' && earlier.document_id === event.document_id ? earlier.sections : [],
      );
      for (const section of open) {
        const ended = before.some(
          (other) =>
            (other.type === 'section_complete' || other.type === 'section_failed') &&
            other.document_id === event.document_id &&
            other.section_id === section,
        );
        if (!ended) throw new Error(`stage ${event.stage} of ${event.document} began before ${section} ended`);
      }
    }
    if (event.type === 'stage' && event.stage === 1) {
      const opened = new Set(events.slice(0, index).flatMap((e) => (e.type === 'stage' ? [e.document_id] : [])));
      const closed = events.slice(0, index).filter(({ type }) => type === 'document_complete').length;
      expect(closed).toBe(opened.size);
    }
  }
  const ends = events.filter(({ type }) => RUN_END_TYPES.some((end) => end === type));
  expect(ends).toHaveLength(1);
  expect(events.at(-1)).toBe(ends[0]);
}

/** Sections that take turns: each begins after the one before it was told complete. */
export function expectTurns(events: readonly RunLiveEvent[], documentId: string, sections: readonly string[]): void {
  const told = events.flatMap((event) => {
    const ours = 'document_id' in event && event.document_id === documentId;
    if (!ours || (event.type !== 'section_started' && event.type !== 'section_complete')) return [];
    return sections.includes(event.section_id) ? [`${event.type} ${event.section_id}`] : [];
  });
  expect(told).toEqual(sections.flatMap((section) => [`section_started ${section}`, `section_complete ${section}`]));
}

/** Sections that are written side by side: there is an instant at which all of them are. */
export function expectOverlap(run: RunResource, events: readonly RunLiveEvent[], sections: readonly string[]): void {
  const steps = run.steps.filter(({ document, section_id }) => document === 'prd' && sections.includes(section_id));
  expect(steps).toHaveLength(sections.length);
  const instants = (of: 'started_at' | 'finished_at') => steps.map((step) => Date.parse(step[of] ?? ''));
  expect(Math.max(...instants('started_at'))).toBeLessThan(Math.min(...instants('finished_at')));
  const places = (type: 'section_started' | 'section_complete') =>
    events.flatMap((event, index) => (event.type === type && sections.includes(event.section_id) ? [index] : []));
  expect(places('section_started')).toHaveLength(sections.length);
  expect(Math.max(...places('section_started'))).toBeLessThan(Math.min(...places('section_complete')));
}
