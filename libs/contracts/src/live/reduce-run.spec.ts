import fc from 'fast-check';
import type { ChunkBody, RunEventBody, RunLiveEvent } from './events.js';
import type { RunResource } from '../rest/runs.js';
import type { RunView, StoredVersion } from './index.js';
import { emptyRunView, isGap, reduceRun, sectionKey, viewOfSnapshot } from './index.js';

const RUN = '0199f3a2-0000-7000-8000-000000000001';
const PRD = '0199f3a2-0000-7000-8000-000000000002';
const VERSION = '0199f3a2-0000-7000-8000-000000000003';
const AT = '2026-11-21T02:00:00.000Z';
const SHA = 'a'.repeat(64);
const inPrd = { run_id: RUN, document: 'prd', document_id: PRD };
const problem = { code: 'server_error', title: 't', detail: 'd', advice: 'a', retryable: true };

/** What the stored rows and the log's running texts say at one position: what the gateway would answer. */
interface Stored {
  status: 'running' | 'partial';
  steps: Map<
    string,
    { status: 'queued' | 'running' | 'delayed' | 'succeeded' | 'failed'; attempt: number; text: string }
  >;
}

/** One section's life: tries that fail or are delayed with some text, then a last one that completes or fails. */
const life = fc.record({
  tries: fc.array(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), { maxLength: 5 }), {
    minLength: 1,
    maxLength: 3,
  }),
  completes: fc.boolean(),
});
/** Lives of several sections and the order in which their events come. */
const history = fc
  .array(life, { minLength: 1, maxLength: 4 })
  .chain((lives) => fc.record({ lives: fc.constant(lives), order: fc.infiniteStream(fc.nat({ max: 20 })) }))
  .map(({ lives, order }) => record(lives, order));

function bodiesOf(id: string, { tries, completes }: { tries: string[][]; completes: boolean }): RunEventBody[] {
  const inSection = { ...inPrd, section_id: id };
  return tries.flatMap((chunks, index): RunEventBody[] => {
    const attempt = index + 1;
    let offset = 0;
    const written = chunks.map((content): RunEventBody => {
      const body: ChunkBody = { type: 'chunk', ...inSection, attempt, offset, content };
      offset += content.length;
      return body;
    });
    const content = chunks.join('');
    const last: RunEventBody =
      attempt < tries.length
        ? { type: 'section_delayed', ...inSection, attempt, next_attempt_at: AT, reason: 'overloaded', position: null }
        : completes
          ? { type: 'section_complete', ...inSection, attempt, title: id, content, length: content.length, sha256: SHA }
          : { type: 'section_failed', ...inSection, attempt, error: 'e', problem };
    return [{ type: 'section_started', ...inSection, attempt }, ...written, last];
  });
}

function record(lives: { tries: string[][]; completes: boolean }[], order: Iterable<number>) {
  const ids = lives.map((_, index) => `s${index}`);
  const queues = lives.map((one, index) => bodiesOf(`s${index}`, one));
  const bodies: RunEventBody[] = [{ type: 'stage', ...inPrd, stage: 1, sections: ids }];
  const turns = order[Symbol.iterator]();
  for (;;) {
    const waiting = queues.filter((queue) => queue.length > 0);
    if (waiting.length === 0) break;
    const next = waiting[Number(turns.next().value) % waiting.length]?.shift();
    if (next) bodies.push(next);
  }
  bodies.push({ type: 'document_complete', ...inPrd, version_id: VERSION, status: 'partial' });
  bodies.push({ type: 'partial', run_id: RUN, prd_id: PRD, error: 'e', problem });
  const events = bodies.map((body, index): RunLiveEvent => envelope(body, index + 1));
  return { events, ids };
}

const envelope = (body: RunEventBody, seq: number, epoch = 'e1'): RunLiveEvent => ({
  v: 1,
  channel: `run.${RUN}`,
  epoch,
  seq,
  ts: AT,
  ...body,
});
const replay = (view: RunView, events: readonly RunLiveEvent[]) => events.reduce(reduceRun, view);

/** Rows and running texts after the first `position` events. */
function storedAt({ events, ids }: { events: RunLiveEvent[]; ids: string[] }, position: number): Stored {
  const stored: Stored = { status: 'running', steps: new Map() };
  for (const id of ids) stored.steps.set(id, { status: 'queued', attempt: 0, text: '' });
  for (const event of events.slice(0, position)) {
    if (event.type === 'partial') stored.status = 'partial';
    const step = 'section_id' in event ? stored.steps.get(event.section_id) : undefined;
    if (!step) continue;
    if (event.type === 'section_started') Object.assign(step, { status: 'running', attempt: event.attempt, text: '' });
    if (event.type === 'chunk') step.text += event.content;
    if (event.type === 'section_delayed') Object.assign(step, { status: 'delayed', text: '' });
    if (event.type === 'section_complete') step.status = 'succeeded';
    if (event.type === 'section_failed') step.status = 'failed';
  }
  return stored;
}

function snapshot(stored: Stored, seq: number): RunResource {
  const step = {
    id: RUN,
    document: 'prd',
    stage: 1,
    tries: 0,
    position: null,
    rate_limits: 0,
    provider: null,
    model: null,
  };
  const never = { usage: null, cost: null, started_at: null, finished_at: null };
  return {
    id: RUN,
    project_id: RUN,
    kind: 'plan',
    mode: 'detailed',
    status: stored.status,
    provider: 'offline',
    model: 'offline',
    triggered_by: 'me',
    input_snapshot: { idea: 'i', constraints: '' },
    retry_of: null,
    current_stage: 1,
    sections_completed: 0,
    sections_total: stored.steps.size,
    eta_seconds: null,
    documents: [
      { kind: 'prd', id: PRD, version_id: VERSION, status: 'generating', sections_completed: 0, sections_total: 0 },
    ],
    steps: [...stored.steps].map(([id, { status, attempt }]) => ({
      ...step,
      ...never,
      section_id: id,
      status,
      attempt,
      next_attempt_at: status === 'delayed' ? AT : null,
      reason: status === 'delayed' ? 'overloaded' : null,
      error: status === 'failed' ? 'e' : null,
      problem: status === 'failed' ? problem : null,
    })),
    writing: [...stored.steps]
      .filter(([, one]) => one.status === 'running')
      .map(([id, one]) => ({ document_id: PRD, section_id: id, attempt: one.attempt, content: one.text })),
    usage: null,
    cost: null,
    error: null,
    problem: null,
    stream: { epoch: 'e1', seq },
    created_at: AT,
    started_at: AT,
    finished_at: null,
  };
}

function version(stored: Stored): StoredVersion {
  const made = { generated_at: AT, stale: false, step_id: null, provider: null, model: null, usage: null, cost: null };
  const hashes = { prompt_hash: null, template_hash: null, input_hash: null };
  const sections = [...stored.steps].map(([id, { status, text }], index) => ({
    ...made,
    ...hashes,
    id,
    title: id,
    order: index,
    status: status === 'succeeded' ? ('completed' as const) : ('pending' as const),
    content: status === 'succeeded' ? text : null,
    warnings: [],
    draft: status === 'failed' ? text : null,
    sha256: status === 'succeeded' ? SHA : null,
    error: null,
    problem: null,
  }));
  return { document_id: PRD, sections };
}

/** What a reader sees of the sections; titles of unfinished ones are known to snapshots only. */
function shown(view: RunView) {
  const sections = Object.values(view.sections).map(({ title: _title, ...section }) => section);
  return {
    seq: view.seq,
    ended: view.ended?.type,
    sections: sections.sort((a, b) => (a.sectionId < b.sectionId ? -1 : 1)),
  };
}

/** Merges as a server under load may: chunks of one section between two other events, each number a place to resume. */
function merged(events: readonly RunLiveEvent[]): RunLiveEvent[] {
  const out: RunLiveEvent[] = [];
  let run: (RunLiveEvent & ChunkBody)[] = [];
  const flush = () => {
    const groups = new Map<string, (RunLiveEvent & ChunkBody)[]>();
    for (const chunk of run) {
      const key = `${chunk.section_id}/${chunk.attempt}`;
      groups.set(key, [...(groups.get(key) ?? []), chunk]);
    }
    const list = [...groups.values()];
    list.forEach((chunks, index) => {
      const [first] = chunks;
      const seq = (list[index + 1]?.[0]?.seq ?? (run.at(-1)?.seq ?? 0) + 1) - 1;
      if (first)
        out.push({ ...first, from_seq: first.seq, seq, content: chunks.map((chunk) => chunk.content).join('') });
    });
    run = [];
  };
  for (const event of events) {
    if (event.type === 'chunk') run.push(event);
    else {
      flush();
      out.push(event);
    }
  }
  flush();
  return out;
}

describe('the view of a run, whatever the connection does', () => {
  it('is the same after any cuts, repeats and merges', () => {
    fc.assert(
      fc.property(
        history,
        fc.array(fc.record({ take: fc.nat({ max: 12 }), back: fc.nat({ max: 8 }), merge: fc.boolean() })),
        (run, cuts) => {
          const straight = replay(emptyRunView(), run.events);
          let view = emptyRunView();
          for (const { take, back, merge } of [...cuts, { take: run.events.length, back: 0, merge: false }]) {
            // A follower resumes where it is; a server may send again what it has.
            const from = Math.max(0, view.seq - back);
            const tail = run.events.slice(from);
            view = replay(view, (merge ? merged(tail) : tail).slice(0, take));
          }
          view = replay(view, run.events.slice(view.seq));
          expect(view).toEqual(straight);
        },
      ),
    );
  });

  it('may be cut after any event of a merged stream and go on unmerged', () => {
    fc.assert(
      fc.property(history, fc.nat(), (run, cut) => {
        const all = merged(run.events);
        const before = replay(emptyRunView(), all.slice(0, cut % (all.length + 1)));
        expect(replay(before, run.events.slice(before.seq))).toEqual(replay(emptyRunView(), run.events));
      }),
    );
  });

  it('is the same from a snapshot at any position and the events after it', () => {
    fc.assert(
      fc.property(history, fc.nat(), (run, at) => {
        const position = at % (run.events.length + 1);
        const stored = storedAt(run, position);
        const view = replay(viewOfSnapshot(snapshot(stored, position), [version(stored)]), run.events.slice(position));
        expect(shown(view)).toEqual(shown(replay(emptyRunView(), run.events)));
      }),
    );
  });

  it('is the same when the rows of the snapshot are newer than its position', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), (run, at, later) => {
        const position = at % (run.events.length + 1);
        const rows = storedAt(run, position + (later % (run.events.length - position + 1)));
        const texts = storedAt(run, position);
        const { writing } = snapshot(texts, position);
        const view = viewOfSnapshot({ ...snapshot(rows, position), writing }, [version(rows)]);
        expect(shown(replay(view, run.events.slice(position)))).toEqual(shown(replay(emptyRunView(), run.events)));
      }),
    );
  });

  it('is the same when the log is lost and told again from the start under a new epoch', () => {
    fc.assert(
      fc.property(history, fc.nat(), (run, cut) => {
        const before = replay(emptyRunView(), run.events.slice(0, cut % (run.events.length + 1)));
        const again = run.events.map((event) => ({ ...event, epoch: 'e2' }));
        expect(replay(before, again)).toEqual(replay(emptyRunView(), again));
      }),
    );
  });
});

describe('one event', () => {
  const inSection = { ...inPrd, section_id: 's' };
  const start = (seq: number, attempt: number) => envelope({ type: 'section_started', ...inSection, attempt }, seq);
  const chunk = (seq: number, attempt: number, offset: number, content: string) =>
    envelope({ type: 'chunk', ...inSection, attempt, offset, content }, seq);
  const text = (view: RunView) => view.sections[sectionKey(PRD, 's')]?.draft;
  const complete = (content: string, length: number) =>
    envelope({ type: 'section_complete', ...inSection, attempt: 1, title: 'S', content, length, sha256: SHA }, 3);

  it('behind a gap changes nothing, so that the position stays true', () => {
    const view = replay(emptyRunView(), [start(1, 1), chunk(2, 1, 0, 'ab')]);
    expect(isGap(view, chunk(4, 1, 2, 'cd'))).toBe(true);
    expect(reduceRun(view, chunk(4, 1, 2, 'cd'))).toBe(view);
  });

  it('of a newer attempt clears the text, chunks of the older one are dropped from then on', () => {
    const view = replay(emptyRunView(), [start(1, 1), chunk(2, 1, 0, 'old'), start(3, 2), chunk(4, 1, 3, ' tail')]);
    expect(text(view)).toBe('');
    expect(text(reduceRun(view, chunk(5, 2, 0, 'new')))).toBe('new');
  });

  it('that overlaps the text adds only what is new, one beyond it adds nothing', () => {
    const view = replay(emptyRunView(), [start(1, 1), chunk(2, 1, 0, 'ab'), chunk(3, 1, 1, 'bcd')]);
    expect(text(view)).toBe('abcd');
    expect(text(reduceRun(view, chunk(4, 1, 9, 'x')))).toBe('abcd');
  });

  it('that completes a section says whether its hash can be checked', () => {
    const view = reduceRun(replay(emptyRunView(), [start(1, 1), chunk(2, 1, 0, 'ab')]), complete('abc', 3));
    expect(view.sections[sectionKey(PRD, 's')]).toMatchObject({
      status: 'completed',
      content: 'abc',
      draft: '',
      proof: { length: 3, sha256: SHA, checkable: true },
    });
    const cut = reduceRun(replay(emptyRunView(), [start(1, 1), chunk(2, 1, 0, 'ab')]), complete('ab', 3));
    expect(cut.sections[sectionKey(PRD, 's')]?.proof?.checkable).toBe(false);
  });

  it('of a complete section never takes its text away', () => {
    const view = replay(emptyRunView(), [
      start(1, 1),
      chunk(2, 1, 0, 'abc'),
      complete('abc', 3),
      start(4, 2),
      chunk(5, 2, 0, 'x'),
    ]);
    expect(view.sections[sectionKey(PRD, 's')]).toMatchObject({ status: 'completed', content: 'abc', draft: '' });
  });

  it('that ends the run keeps what was cut off as draft and lets nobody begin again', () => {
    const end = envelope({ type: 'cancelled', run_id: RUN, prd_id: PRD, error: null, problem: null }, 3);
    const view = replay(emptyRunView(), [
      start(1, 1),
      chunk(2, 1, 0, 'half'),
      end,
      start(4, 2),
      chunk(5, 2, 0, 'late'),
    ]);
    expect(view).toMatchObject({ status: 'cancelled', ended: { type: 'cancelled', prdId: PRD } });
    expect(view.sections[sectionKey(PRD, 's')]).toMatchObject({ status: 'cancelled', draft: 'half', content: null });
  });

  it('of a type this release does not know takes its number and changes nothing else', () => {
    const strange = { ...start(2, 1), type: 'hologram' } as unknown as RunLiveEvent;
    const view = replay(emptyRunView(), [start(1, 1), strange, chunk(3, 1, 0, 'ab')]);
    expect(view.seq).toBe(3);
    expect(text(view)).toBe('ab');
  });
});
