import { useEffect, useMemo, useRef, useState } from 'react';
import type { Block, Blocks } from './blocks.js';
import { blocksOf, completed, grown, isWorthDrawing, NO_BLOCKS } from './blocks.js';
import { closeOpenEnd } from './open-end.js';
import { nextShown } from './reveal.js';

/** What of a growing text is drawn. */
interface Drawn {
  readonly blocks: Blocks;
  /** The open end, closed for now. */
  readonly open: readonly Block[];
}

const NOTHING: Drawn = { blocks: NO_BLOCKS, open: [] };

/** What is held back of a long open block is drawn after this time, in ms. */
const STALL_MS = 250;

const drawnOf = (before: Blocks, text: string): Drawn => {
  const blocks = grown(before, text);
  return { blocks, open: blocksOf(closeOpenEnd(text.slice(blocks.openAt))) };
};

/**
 * A text as blocks. While it grows new text appears evenly, once a frame at most, and only what a frame changes is parsed; what
 * is there at first is shown at once. When it is complete, what was drawn of it stays.
 */
export function useBlocks(text: string, isGrowing: boolean): readonly Block[] {
  const [drawn, setDrawn] = useState(() => (isGrowing ? drawnOf(NO_BLOCKS, text) : NOTHING));
  const newest = useRef(drawn);
  useEffect(() => {
    if (!isGrowing) return;
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    let last = performance.now();
    let drawnAt = last;
    let frame = requestAnimationFrame(function draw(now) {
      const { blocks } = newest.current;
      const known = blocks.text.length;
      const shown = text.slice(0, isStill ? text.length : nextShown(text, known, now - last));
      last = now;
      if (isWorthDrawing(blocks, known, shown) || now - drawnAt > STALL_MS) {
        drawnAt = now;
        newest.current = drawnOf(blocks, shown);
        setDrawn(newest.current);
      }
      if (newest.current.blocks.text.length !== text.length) frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [text, isGrowing]);
  return useMemo(
    () => (isGrowing ? [...drawn.blocks.finished, ...drawn.open] : completed(drawn.blocks, text)),
    [isGrowing, drawn, text],
  );
}
