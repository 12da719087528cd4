import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { create } from 'fontkit';
import type { Font } from 'fontkit';
import { unpackWoff } from './woff.js';

export type Family = 'Sans' | 'Mono' | 'Han' | 'Hangul';

/** A family's files: regular, bold, italic and both. */
interface FontFamily {
  files: readonly [string, string, string, string];
  /** True where the font has a glyph for it. */
  has: (codePoint: number) => boolean;
}

const require = createRequire(import.meta.url);
const dejaVu = (name: string) => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
const own = (name: string) => fileURLToPath(new URL(`../../fonts/${name}.woff`, import.meta.url));
const same = (path: string) => [path, path, path, path] as const;

/** In the order in which a font is looked for. Han and Hangul have one weight: bold and italic look like regular. */
const FILES = {
  Sans: [
    dejaVu('DejaVuSans'),
    dejaVu('DejaVuSans-Bold'),
    dejaVu('DejaVuSans-Oblique'),
    dejaVu('DejaVuSans-BoldOblique'),
  ],
  Mono: [
    ...([dejaVu('DejaVuSansMono'), dejaVu('DejaVuSansMono-Bold')] as const),
    ...([dejaVu('DejaVuSansMono-Oblique'), dejaVu('DejaVuSansMono-BoldOblique')] as const),
  ],
  Han: same(own('noto-sans-sc-400')),
  Hangul: same(own('noto-sans-kr-400')),
} as const satisfies Record<Family, FontFamily['files']>;

export type Fonts = Record<Family, FontFamily>;
let loaded: { fonts: Fonts; contents: ReadonlyMap<string, Buffer> } | undefined;

/** The fonts a PDF is set in, read once. The only place of this library that touches the disk. */
export function loadFonts(): { fonts: Fonts; contents: ReadonlyMap<string, Buffer> } {
  if (loaded) return loaded;
  const contents = new Map([...new Set(Object.values(FILES).flat())].map((path) => [path, read(path)]));
  const family = (name: Family): FontFamily => {
    // What is missing in one style is looked for elsewhere, so that no style of a family shows an empty box.
    const styles = [...new Set(FILES[name])].map((path) => create(contents.get(path) as Buffer) as Font);
    const known = new Map<number, boolean>();
    const has = (codePoint: number) => {
      const answer = known.get(codePoint) ?? styles.every((font) => font.hasGlyphForCodePoint(codePoint));
      known.set(codePoint, answer);
      return answer;
    };
    return { files: FILES[name], has };
  };
  const fonts = { Sans: family('Sans'), Mono: family('Mono'), Han: family('Han'), Hangul: family('Hangul') };
  return (loaded = { fonts, contents });
}

const read = (path: string): Buffer => {
  const content = readFileSync(path);
  return path.endsWith('.woff') ? Buffer.from(unpackWoff(content)) : content;
};
