import type { LiveEvent, RunLiveEvent } from '@planwright/contracts';
import { emptyRunView, isGap, reduceRun } from '@planwright/contracts/live';
import fc from 'fast-check';
import { merge } from './merge.js';

const RUN = '0199f3a2-0000-7000-8000-000000000001';
const inPrd = { run_id: RUN, document: 'prd', document_id: RUN };
const envelope = { v: 1 as const, channel: `run.${RUN}`, epoch: 'e', ts: '2026-11-21T02:00:00.000Z' };

/** Pieces of three sections in any order, with a progress event here and there. */
const events = fc
  .array(fc.record({ who: fc.nat({ max: 3 }), text: fc.string({ minLength: 1, maxLength: 4 }) }))
  .map((pieces) => {
    const ids = ['s0', 's1', 's2'];
    const list: RunLiveEvent[] = ids.map((section_id, index) => ({
      ...envelope,
      seq: index + 1,
      type: 'section_started',
      ...inPrd,
      section_id,
      attempt: 1,
    }));
    const offsets = [0, 0, 0];
    for (const { who, text } of pieces) {
      const seq = list.length + 1;
      const section_id = ids[who];
      if (section_id === undefined) {
        list.push({
          ...envelope,
          seq,
          type: 'progress',
          ...inPrd,
          sections_completed: 0,
          sections_total: 3,
          eta_seconds: null,
        });
        continue;
      }
      const offset = offsets[who] ?? 0;
      offsets[who] = offset + text.length;
      list.push({ ...envelope, seq, type: 'chunk', ...inPrd, section_id, attempt: 1, offset, content: text });
    }
    return list;
  });
const replay = (list: readonly LiveEvent[], from = emptyRunView()) => (list as RunLiveEvent[]).reduce(reduceRun, from);

describe('merging chunks that wait together', () => {
  it('covers every number once, in order, and shows the same', () => {
    fc.assert(
      fc.property(events, (list) => {
        const merged = merge(list);
        let next = 1;
        for (const event of merged) {
          expect(event.type === 'chunk' ? (event.from_seq ?? event.seq) : event.seq).toBe(next);
          expect(event.seq).toBeGreaterThanOrEqual(next);
          next = event.seq + 1;
        }
        expect(next).toBe(list.length + 1);
        expect(replay(merged)).toEqual(replay(list));
      }),
    );
  });

  it('leaves every event a place to resume, with the rest merged or not', () => {
    fc.assert(
      fc.property(events, fc.nat(), fc.boolean(), (list, cut, again) => {
        const merged = merge(list);
        const before = replay(merged.slice(0, cut % (merged.length + 1)));
        const rest = list.slice(before.seq);
        const sent = again ? merge(rest) : rest;
        expect((sent as RunLiveEvent[]).slice(0, 1).some((event) => isGap(before, event))).toBe(false);
        expect(replay(sent, before)).toEqual(replay(list));
      }),
    );
  });

  it('leaves a lone chunk as it is', () => {
    const chunk = (seq: number, section_id: string): RunLiveEvent => ({
      ...envelope,
      seq,
      type: 'chunk',
      ...inPrd,
      section_id,
      attempt: 1,
      offset: 0,
      content: 'x',
    });
    expect(merge([chunk(4, 'a')])).toEqual([chunk(4, 'a')]);
    expect(merge([chunk(4, 'a'), chunk(5, 'b')])).toEqual([chunk(4, 'a'), chunk(5, 'b')]);
  });

  describe('for who lags', () => {
    /** As above, with sections that are completed here and there. */
    const completed = fc.tuple(events, fc.array(fc.nat(), { maxLength: 3 })).map(([list, places]) => {
      const done = new Set<string>();
      const told: RunLiveEvent[] = [];
      const texts = new Map<string, string>();
      const renumbered = (event: RunLiveEvent) => told.push({ ...event, seq: told.length + 1 });
      for (const [index, event] of list.entries()) {
        if (event.type === 'chunk') {
          if (done.has(event.section_id)) continue;
          texts.set(event.section_id, (texts.get(event.section_id) ?? '') + event.content);
        }
        renumbered(event);
        const section_id = `s${places.indexOf(index)}`;
        if (!places.includes(index) || index < 3 || done.has(section_id)) continue;
        done.add(section_id);
        const content = texts.get(section_id) ?? '';
        const proof = { title: 't', content, length: content.length, sha256: 'a'.repeat(64) };
        renumbered({ ...envelope, seq: 0, type: 'section_complete', ...inPrd, section_id, attempt: 1, ...proof });
      }
      return told;
    });

    it('covers every number once, in order, and shows the same, wherever it is cut and resumed', () => {
      fc.assert(
        fc.property(completed, fc.nat(), (list, cut) => {
          const merged = merge(list, { snapshots: true });
          let next = 1;
          for (const event of merged) {
            expect(('from_seq' in event ? event.from_seq : undefined) ?? event.seq).toBe(next);
            next = event.seq + 1;
          }
          expect(next).toBe(list.length + 1);
          const before = replay(merged.slice(0, cut % (merged.length + 1)));
          const rest = list.slice(before.seq);
          expect(rest.some((event, i) => i === 0 && isGap(before, event))).toBe(false);
          expect(replay(rest, before)).toEqual(replay(list));
        }),
      );
    });

    it('leaves out the pieces right before the whole text, and nothing else', () => {
      const at = { ...envelope, ...inPrd, attempt: 1 };
      const chunk = (seq: number, section_id: string, offset: number): RunLiveEvent => ({
        ...at,
        ...{ seq, type: 'chunk', section_id, offset, content: 'x' },
      });
      const whole: RunLiveEvent = {
        ...at,
        ...{ seq: 4, type: 'section_complete', section_id: 'a', title: 'A', content: 'xx', length: 2 },
        sha256: 'a'.repeat(64),
      };
      const lone = [chunk(2, 'a', 0), chunk(3, 'a', 1), whole];
      expect(merge(lone, { snapshots: true })).toEqual([{ ...whole, from_seq: 2 }]);
      const beside = [chunk(1, 'a', 0), chunk(2, 'b', 0), chunk(3, 'a', 1), whole];
      expect(merge(beside, { snapshots: true })).toEqual([{ ...chunk(3, 'b', 0), from_seq: 1 }, whole]);
      expect(merge(lone)).toHaveLength(2);
    });
  });
});
