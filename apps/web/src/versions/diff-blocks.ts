import type { Answer } from '@planwright/client';

export type DiffSection = Answer<'diffVersions'>['sections'][number];
export type Part = DiffSection['parts'][number];

/** A stretch of text: in both versions, or one that was replaced by another (either may be empty). */
export type Block = { kind: 'same'; text: string } | { kind: 'change'; removed: string; added: string; index: number };

/** The parts of a section as stretches; changes are numbered from `first` on, whatever section they are in. */
export function blocksOf(parts: readonly Part[], first: number): Block[] {
  const blocks: Block[] = [];
  let index = first;
  for (const { op, text } of parts) {
    if (text === '') continue;
    const last = blocks.at(-1);
    if (op === 'equal') blocks.push({ kind: 'same', text });
    else if (last?.kind === 'change') last[op === 'insert' ? 'added' : 'removed'] += text;
    else {
      const side = op === 'insert' ? { removed: '', added: text } : { removed: text, added: '' };
      blocks.push({ kind: 'change', ...side, index });
      index += 1;
    }
  }
  return blocks;
}

/** A section with its stretches of text. */
export interface ComparedSection extends DiffSection {
  blocks: Block[];
}

/** Sections in document order, and how many changes there are in all of them. */
export function compared(sections: readonly DiffSection[]): { sections: ComparedSection[]; changes: number } {
  let changes = 0;
  const ordered = [...sections].sort((a, b) => a.order - b.order).filter(({ status }) => status !== 'absent');
  const withBlocks = ordered.map((section) => {
    const blocks = blocksOf(section.parts, changes);
    changes += blocks.filter(({ kind }) => kind === 'change').length;
    return { ...section, blocks };
  });
  return { sections: withBlocks, changes };
}

/**
 * Stretches in rows that stand side by side: a new one after each paragraph that both versions have, and after whole
 * paragraphs that one of them has alone.
 */
export function rowsOf(blocks: readonly Block[]): Block[][] {
  const rows: Block[][] = [[]];
  for (const block of blocks) {
    if (block.kind === 'change') {
      rows.at(-1)?.push(block);
      if (rows.at(-1)?.length === 1 && [block.removed, block.added].every(endsParagraph)) rows.push([]);
      continue;
    }
    for (const text of block.text.split(/(?<=\n{2})(?!\n)/)) {
      rows.at(-1)?.push({ kind: 'same', text });
      if (text.endsWith('\n\n')) rows.push([]);
    }
  }
  return rows.filter((row) => row.length > 0);
}

const endsParagraph = (text: string): boolean => text === '' || text.endsWith('\n\n');

/** Which change comes next, going round at the ends; null where there is none. `at`: -1 before the first. */
export function nextChange(at: number, step: 1 | -1, changes: number): number | null {
  if (changes === 0) return null;
  if (at < 0) return step === 1 ? 0 : changes - 1;
  return (at + step + changes) % changes;
}
