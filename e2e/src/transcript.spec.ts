import type { RunLiveEvent } from '@planwright/contracts';
import { sha256, Transcript } from './transcript.js';

const EPOCH = 'IQJhVUsFiqB4';
const DOCUMENT = '0199c0de-0000-7000-8000-000000000002';
const envelope = {
  v: 1,
  channel: 'run.0199c0de-0000-7000-8000-000000000001',
  run_id: '0199c0de-0000-7000-8000-000000000001',
  epoch: EPOCH,
  ts: '2026-11-22T06:00:00.000Z',
  ...{ document_id: DOCUMENT, document: 'prd' as const, attempt: 1 },
} as const;
type Body = { seq: number; type: string; section_id: string } & Record<string, unknown>;

const started = (seq: number, section_id: string): Body => ({ seq, type: 'section_started', section_id });
const chunk = (seq: number, section_id: string, content: string, more: object = {}): Body => ({
  ...{ seq, type: 'chunk', section_id, offset: 0, content },
  ...more,
});
const complete = (seq: number, section_id: string, content: string, more: object = {}): Body => ({
  ...{ seq, type: 'section_complete', section_id, title: section_id, content, length: content.length },
  ...{ sha256: sha256(content), ...more },
});

function read(...bodies: readonly Body[]): Transcript {
  const transcript = new Transcript();
  for (const body of bodies) transcript.add({ ...envelope, ...body } as RunLiveEvent);
  expect(transcript.faults).toEqual([]);
  return transcript;
}

describe('text of a follower', () => {
  it.each<[string, Body[]]>([
    ['its own number says so', [started(1, 'a'), complete(3, 'a', 'xy', { from_seq: 2 })]],
    [
      'a chunk of another section beside it says so',
      [started(1, 'b'), started(2, 'a'), chunk(4, 'b', 'p', { from_seq: 3 }), complete(5, 'a', 'xy')],
    ],
  ])('is what the section is told to be where chunks were left out: %s', (_where, bodies) => {
    expect(read(...bodies).text(DOCUMENT, 'a')).toBe('xy');
  });

  it('is what the chunks said where none was left out', () => {
    const lost = read(started(1, 'b'), started(2, 'a'), chunk(3, 'b', 'p'), complete(4, 'a', 'xy'));
    expect(lost.text(DOCUMENT, 'a')).toBe('');
    const short = read(started(1, 'a'), chunk(2, 'a', 'x'), complete(3, 'a', 'xy'));
    expect(short.text(DOCUMENT, 'a')).toBe('x');
  });
});
