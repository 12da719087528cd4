/** Why a process cannot start, in a sentence an operator can act on. `runMain` prints the message and exits with 1. */
export class BootError extends Error {
  override readonly name: string = 'BootError';
}

/** The operator's sentence for a failed start: a `BootError`'s own, one for a port that can't be had, else the message. */
export function bootSentence(error: unknown): string {
  if (error instanceof BootError) return error.message;
  const { code, syscall, port, address, message } = (error ?? {}) as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
  };
  if (syscall === 'listen') {
    const where = `Port ${port ?? '?'} on ${address ?? 'this machine'}`;
    if (code === 'EADDRINUSE') return `${where} is already in use: stop the other process or set PORT.`;
    if (code === 'EACCES') return `${where} needs more rights than this process has: set PORT to 1024 or above.`;
    if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine: set HOST to one that is.`;
  }
  // A connection refused on both address families arrives as an AggregateError with an empty message.
  const causes = error instanceof AggregateError ? error.errors.map((cause) => (cause as Error).message) : [];
  return `Could not start: ${message || causes.join('; ') || String(error)}`;
}
