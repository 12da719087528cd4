import type { LiveEvent } from '@planwright/contracts';

type Chunk = Extract<LiveEvent, { type: 'chunk' }>;

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
 */
export function merge(events: readonly LiveEvent[]): LiveEvent[] {
  const merged: LiveEvent[] = [];
  let waiting: Chunk[] = [];
  for (const event of events) {
    if (event.type === 'chunk') waiting.push(event);
    else {
      merged.push(...mergeChunks(waiting), event);
      waiting = [];
    }
  }
  merged.push(...mergeChunks(waiting));
  return merged;
}

/** Chunks of any sections with numbers that follow on each other. */
function mergeChunks(chunks: readonly Chunk[]): Chunk[] {
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
  const last = chunks.at(-1)?.seq ?? 0;
  return groups.map(({ first, content, count }, index) => {
    const seq = (groups[index + 1]?.first.seq ?? last + 1) - 1;
    return count === 1 && seq === first.seq ? first : { ...first, content, from_seq: first.seq, seq };
  });
}
