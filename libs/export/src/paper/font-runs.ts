import type { Family, Fonts } from './fonts.js';

export interface FontRun {
  text: string;
  font: Family;
}

const ORDER = ['Sans', 'Han', 'Hangul'] as const satisfies Family[];

/** Shown for what no font has. */
const MISSING = '□';

/** Letters, digits and signs of Latin text, which `Sans` has: most texts are nothing else. */
const PLAIN = /^[\n\x20-\x7e\u00a1-\u017f\u2013\u2014\u2018-\u201d\u2022\u2026]*$/;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * A text in pieces that one font each can show, as PDF needs it. A character stays with its accents; one that no font has
 * becomes a box, and so does what only together is one sign, like a family of emoji.
 */
export function fontRuns(text: string, code: boolean, fonts: Fonts): FontRun[] {
  const first: Family = code ? 'Mono' : 'Sans';
  if (PLAIN.test(text)) return [{ text, font: first }];
  const runs: FontRun[] = [];
  for (const { segment } of graphemes.segment(text)) {
    const before = runs.at(-1);
    const font = fontFor(segment, before && before.font !== first ? [first, before.font] : [first], fonts);
    const shown = font === null ? MISSING : segment;
    const chosen = font ?? 'Sans';
    if (before?.font === chosen) before.text += shown;
    else runs.push({ text: shown, font: chosen });
  }
  return runs;
}

function fontFor(grapheme: string, preferred: readonly Family[], fonts: Fonts): Family | null {
  if (/^\s+$/.test(grapheme)) return preferred.at(-1) ?? 'Sans';
  // How a sign is to be drawn is told by characters that no font has a glyph for.
  const codePoints = [...grapheme.replaceAll(/[\ufe00-\ufe0f\u200b-\u200f\u2060]/g, '')].map(
    (c) => c.codePointAt(0) ?? 0,
  );
  const has = (family: Family) => codePoints.every((codePoint) => fonts[family].has(codePoint));
  return [...preferred, ...ORDER].find(has) ?? null;
}
