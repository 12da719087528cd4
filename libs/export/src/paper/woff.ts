import { unzlibSync } from 'fflate';

const WOFF_HEADER = 44;
const WOFF_ENTRY = 20;
const SFNT_HEADER = 12;
const SFNT_ENTRY = 16;

/**
 * The font inside a WOFF 1 file, as it was before it was packed. Packed, each use of a table unpacks it anew: setting one
 * line took 430 ms, and unpacked it takes 10.
 */
export function unpackWoff(woff: Uint8Array): Uint8Array {
  const input = new DataView(woff.buffer, woff.byteOffset, woff.byteLength);
  const count = input.getUint16(12);
  const tables = Array.from({ length: count }, (_, i) => {
    const at = WOFF_HEADER + i * WOFF_ENTRY;
    const [tag, offset, packed, length, checksum] = [0, 4, 8, 12, 16].map((n) => input.getUint32(at + n));
    const bytes = woff.subarray(offset, (offset ?? 0) + (packed ?? 0));
    return { tag: tag ?? 0, checksum: checksum ?? 0, bytes: packed === length ? bytes : unzlibSync(bytes) };
  });
  const padded = (length: number) => Math.ceil(length / 4) * 4;
  const start = SFNT_HEADER + count * SFNT_ENTRY;
  const sfnt = new Uint8Array(tables.reduce((sum, { bytes }) => sum + padded(bytes.length), start));
  const output = new DataView(sfnt.buffer);
  const power = 2 ** Math.floor(Math.log2(count));
  output.setUint32(0, input.getUint32(4));
  [count, power * 16, Math.log2(power), (count - power) * 16].forEach((n, i) => output.setUint16(4 + i * 2, n));
  let offset = start;
  for (const [i, { tag, checksum, bytes }] of tables.entries()) {
    [tag, checksum, offset, bytes.length].forEach((n, j) => output.setUint32(SFNT_HEADER + i * SFNT_ENTRY + j * 4, n));
    sfnt.set(bytes, offset);
    offset += padded(bytes.length);
  }
  return sfnt;
}
