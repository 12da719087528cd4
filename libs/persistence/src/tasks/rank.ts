const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * A rank places a card within its column; ranks compare byte by byte. The first letter says how many base-62 digits
 * follow (`a` one, `b` two, …), then come the digits of a whole number, then, for cards put between two others, the
 * digits of a fraction. So a board that only grows at its end keeps short ranks for ever: `a0` … `az`, `b00`, ….
 */
export function rankAfter(last: string | null): string {
  if (last === null) return 'a0';
  const length = last.charCodeAt(0) - 'a'.charCodeAt(0) + 1;
  const digits = [...last.slice(1, 1 + length)];
  for (let i = digits.length - 1; i >= 0; i--) {
    const digit = DIGITS.indexOf(digits[i] ?? '');
    if (digit < DIGITS.length - 1) {
      return `${last.charAt(0)}${digits.slice(0, i).join('')}${DIGITS.charAt(digit + 1)}${'0'.repeat(digits.length - 1 - i)}`;
    }
  }
  return `${String.fromCharCode(last.charCodeAt(0) + 1)}${'0'.repeat(length + 1)}`;
}
