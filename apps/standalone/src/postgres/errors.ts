/**
 * Something about the embedded PostgreSQL that the person who started Planwright can act on. The message is one
 * sentence for that person; callers print it alone, without a stack.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** By shape, not by `instanceof`: under Jest, errors of Node's own modules are of another realm. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.some((code) => code === error.code);
}

/** The part for people: of a system error without its call and paths, of a failed command what it said last. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  const lastLine = String(error.message).trim().split('\n').at(-1) ?? '';
  return 'syscall' in error ? lastLine.replace(/, \w+ .*/, '') : lastLine;
}
