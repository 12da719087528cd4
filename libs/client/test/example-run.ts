import type { Client } from '../src/client.js';
import type { RunEvent } from '../src/events.js';
import type { Followed } from '../src/follow.js';
import { sha256Of } from '../src/sha256.js';
import type { Run, Version } from '../src/types.js';

export const RUN = '0199f3a2-7c1e-7a43-9d52-000000000001';
const PRD = '0199f3a2-7c1e-7a43-9d52-000000000002';
const VERSION = '0199f3a2-7c1e-7a43-9d52-000000000003';
const place = { run_id: RUN, document: 'prd', document_id: PRD };

type Fields<Type> = Omit<
  Extract<RunEvent, { type: Type }>,
  keyof typeof place | 'v' | 'channel' | 'epoch' | 'seq' | 'ts' | 'type'
>;

/** An event of the example's log. */
export function event<Type extends RunEvent['type']>(
  seq: number,
  type: Type,
  fields: Fields<Type>,
  epoch = 'e',
): RunEvent {
  const envelope = { v: 1 as const, channel: `run.${RUN}`, epoch, seq, ts: '2026-11-21T09:30:00.000Z' };
  return { ...envelope, ...place, type, ...fields } as unknown as RunEvent;
}
export async function complete(seq: number, section_id: string, content: string, sent = content): Promise<RunEvent> {
  const sha256 = (await sha256Of(content))!;
  return event(seq, 'section_complete', {
    section_id,
    attempt: 1,
    title: section_id,
    content: sent,
    length: content.length,
    sha256,
  });
}
export const end = (seq: number): RunEvent => event(seq, 'complete', { prd_id: PRD, error: null, problem: null });

/** A run of a PRD with two sections that has just begun; readers see `summary`, which is written last, first. */
export const exampleRun = {
  id: RUN,
  project_id: 'p1',
  status: 'running',
  current_stage: 1,
  sections_completed: 0,
  sections_total: 2,
  eta_seconds: null,
  documents: [
    { kind: 'prd', id: PRD, version_id: VERSION, status: 'generating', sections_completed: 0, sections_total: 2 },
  ],
  steps: ['goals', 'summary'].map((section_id) => ({
    document: 'prd',
    section_id,
    status: 'queued',
    attempt: 0,
    error: null,
    problem: null,
  })),
  writing: [],
  error: null,
  problem: null,
  stream: { epoch: 'e', seq: 0 },
} as unknown as Run;

export const exampleVersion = (texts: Record<string, { content: string; sha256: string }> = {}) =>
  ({
    id: VERSION,
    document_id: PRD,
    sections: [
      ['goals', 'Goals', 1],
      ['summary', 'Summary', 0],
    ].map(([id, title, order]) => ({
      id,
      title,
      order,
      content: null,
      sha256: null,
      draft: null,
      ...texts[id as string],
    })),
  }) as unknown as Version;

/** A client whose run is the example's, followed by a script. */
export function exampleClient(
  follow: (options: Parameters<Client['runs']['follow']>[1]) => AsyncGenerator<Followed>,
  { run = exampleRun, version = () => exampleVersion() } = {},
) {
  const asked: string[] = [];
  return {
    asked,
    runs: {
      get: async () => (asked.push('run'), run),
      follow: (_id: string, options: Parameters<Client['runs']['follow']>[1]) => (
        asked.push('follow'),
        follow(options)
      ),
    },
    versions: { get: async () => (asked.push('version'), version()) },
  };
}
