import type { RunLiveEvent } from '@planwright/contracts';
import fc from 'fast-check';
import { OneAfterAnother } from './one-after-another.js';
import type { PlainMessage } from './one-after-another.js';

const RUN = 'r';
const event = (type: string, fields: object = {}) => ({ type, run_id: RUN, ...fields }) as unknown as RunLiveEvent;
const started = (section_id: string, attempt = 1) => event('section_started', { section_id, attempt });
const chunk = (section_id: string, offset: number, content: string, attempt = 1) =>
  event('chunk', { section_id, offset, content, attempt });
const complete = (section_id: string, content: string, attempt = 1) =>
  event('section_complete', { section_id, content, attempt, length: content.length });
const end = (type = 'complete') => event(type, { prd_id: 'p', error: null });

const show = (events: readonly RunLiveEvent[]) => {
  const sections = new OneAfterAnother();
  return events.flatMap((one) => sections.take(one));
};
const short = (message: PlainMessage) =>
  message.event === 'chunk'
    ? `${message.data.section_id}.${message.data.attempt}+${message.data.offset} ${message.data.content}`
    : message.data.status;

it.each<[string, RunLiveEvent[], string[]]>([
  [
    'a section as it is written',
    [started('a'), chunk('a', 0, 'One '), chunk('a', 4, 'two')],
    ['a.1+0 One ', 'a.1+4 two'],
  ],
  [
    'the second of two only when the first is over',
    [started('a'), started('b'), chunk('b', 0, 'B'), chunk('a', 0, 'A'), complete('b', 'B'), complete('a', 'A')],
    ['a.1+0 A', 'b.1+0 B'],
  ],
  [
    'text that came again once',
    [started('a'), chunk('a', 0, 'One'), chunk('a', 0, 'One two')],
    ['a.1+0 One', 'a.1+3  two'],
  ],
  ['no chunk that leaves a gap', [started('a'), chunk('a', 5, 'two')], []],
  ['a section of which only the end is told', [complete('a', 'All')], ['a.1+0 All']],
  [
    'an attempt anew from its beginning',
    [started('a'), chunk('a', 0, 'Old'), started('a', 2), chunk('a', 0, 'New', 2), chunk('a', 3, '!')],
    ['a.1+0 Old', 'a.2+0 New'],
  ],
  [
    'nothing of a section that failed before its turn',
    [
      started('a'),
      started('b'),
      chunk('b', 0, 'Draft'),
      event('section_failed', { section_id: 'b', attempt: 1 }),
      complete('a', 'A'),
      end('partial'),
    ],
    ['a.1+0 A', 'partial'],
  ],
  [
    'what comes behind a section that waits',
    [
      started('a'),
      chunk('a', 0, 'A'),
      event('section_delayed', { section_id: 'a', attempt: 1 }),
      started('b'),
      chunk('b', 0, 'B'),
    ],
    ['a.1+0 A', 'b.1+0 B'],
  ],
  [
    'the wait of an older attempt as nothing',
    [started('a', 2), event('section_delayed', { section_id: 'a', attempt: 1 }), chunk('a', 0, 'A', 2)],
    ['a.2+0 A'],
  ],
  ['one end, whatever it was', [started('a'), chunk('a', 0, 'A'), end('cancelled')], ['a.1+0 A', 'cancelled']],
])('shows %s', (_what, events, wanted) => expect(show(events).map(short)).toEqual(wanted));

it('brings every section whole and in one piece, however they were written side by side', () => {
  const texts = fc.array(fc.string({ minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(
      texts,
      fc.infiniteStream(fc.nat()),
      fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
      (all, whose, sizes) => {
        const open = all.map((text, i) => ({ id: `s${i}`, text, written: 0 }));
        const events = open.map(({ id }) => started(id));
        while (open.length > 0) {
          const at = (whose.next().value as number) % open.length;
          const section = open[at]!;
          const piece = section.text.slice(section.written, section.written + (sizes.next().value as number));
          if (piece === '') {
            events.push(complete(section.id, section.text));
            open.splice(at, 1);
          } else {
            events.push(chunk(section.id, section.written, piece));
            section.written += piece.length;
          }
        }
        const seen = show([...events, end()]);
        const chunks = seen.flatMap((message) => (message.event === 'chunk' ? [message.data] : []));
        expect(chunks.map(({ content }) => content).join('')).toBe(all.join(''));
        const turns = chunks.map(({ section_id }) => section_id).filter((id, i, ids) => id !== ids[i - 1]);
        expect(turns).toEqual(all.map((_, i) => `s${i}`));
        expect(seen.at(-1)?.event).toBe('complete');
      },
    ),
  );
});
