import { strToU8, zipSync } from 'fflate';

/** The first instant a zip can hold: the same files give the same bytes. */
const MTIME = '1980-01-01T00:00:00';

/** Text files as a zip, in the order given. */
export function zip(files: readonly { path: string; text: string }[]): Uint8Array {
  const entries = files.map(({ path, text }) => [path, strToU8(text)] as const);
  return zipSync(Object.fromEntries(entries), { level: 6, mtime: MTIME });
}
