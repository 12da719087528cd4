import type { LiveEvent } from '@planwright/contracts';

type Chunk = Extract<LiveEvent, { type: 'chunk' }>;
type Complete = Extract<LiveEvent, { type: 'section_complete' }>;

/** A merged chunk is never longer, in UTF-16 units. */
const MAX_MERGED = 65_536;

/**
 * Merges the chunks of each section that wait together, between two events of another kind.
 *
 * Every event of the result is a place to resume: whoever has it, has everything up to its `seq`. So the ranges
 * `from_seq` to `seq` follow on each other without overlap, and where sections were written side by side the text of a
 * merged chunk may reach beyond its `seq`. Whoever resumes there is sent that text again, and its offset says so.
 *
 *   1 a"x" · 2 b"p" · 3 a"y" · 4 b"q"   becomes   1..1 a"xy" · 2..4 b"pq"
 *
 * With `snapshots`, chunks right before the `section_complete` of their section are left out, as it has the whole text:
 *
 *   1 a"x" · 2 b"p" · 3 a"y" · 4 a complete "xy"   becomes   1..3 b"p" · 4 a complete "xy"
 *   1 a"x" · 2 a"y" · 3 a complete "xy"            becomes   1..3 a complete "xy"
 */
export function merge(events: readonly LiveEvent[], { snapshots = false } = {}): LiveEvent[] {
  const merged: LiveEvent[] = [];
  let waiting: Chunk[] = [];
  for (const event of events) {
    if (event.type === 'chunk') {
      waiting.push(event);
      continue;
    }
    const [first] = waiting;
    const needed =
      snapshots && event.type === 'section_complete' ? waiting.filter((chunk) => !isOf(chunk, event)) : waiting;
    if (first && needed.length === 0 && event.type === 'section_complete') {
      merged.push({ ...event, from_seq: first.seq });
    } else {
      merged.push(...mergeChunks(needed, first?.seq ?? 0, event.seq - 1), event);
    }
    waiting = [];
  }
  merged.push(...mergeChunks(waiting, waiting[0]?.seq ?? 0, waiting.at(-1)?.seq ?? 0));
  return merged;
}

const isOf = (chunk: Chunk, complete: Complete): boolean =>
  chunk.document_id === complete.document_id && chunk.section_id === complete.section_id;

/** Chunks of any sections, which together cover the numbers from `from` to `last`. */
function mergeChunks(chunks: readonly Chunk[], from: number, last: number): Chunk[] {
  const groups: { first: Chunk; content: string; count: number }[] = [];
  const open = new Map<string, (typeof groups)[number]>();
  for (const chunk of chunks) {
    const key = `${chunk.document_id}/${chunk.section_id}/${chunk.attempt}`;
    const group = open.get(key);
    if (group && group.content.length + chunk.content.length <= MAX_MERGED) {
      group.content += chunk.content;
      group.count += 1;
    } else {
      const begun = { first: chunk, content: chunk.content, count: 1 };
      groups.push(begun);
      open.set(key, begun);
    }
  }
  return groups.map(({ first, content, count }, index) => {
    const from_seq = index === 0 ? from : first.seq;
    const seq = (groups[index + 1]?.first.seq ?? last + 1) - 1;
    return count === 1 && seq === from_seq ? first : { ...first, content, from_seq, seq };
  });
}
