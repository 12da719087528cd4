/** What may come from anywhere, on one line: control characters would steer the terminal. */
export function oneLine(text: string, maxLength = Infinity): string {
  const clean = text
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}|\p{Cf}/gu, '�')
    .trim();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1)}…`;
}

/** As `oneLine`, but lines stay lines. */
export function manyLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/\t/g, '  ').replace(/\p{Cc}|\p{Cf}/gu, '�'))
    .join('\n');
}

/** Columns, each as wide as its widest cell; those in `right` end in line, and the last one is not filled up. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        if (right.includes(i)) return cell.padStart(widths[i] ?? 0);
        return i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** `1 message`, `2 messages`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
