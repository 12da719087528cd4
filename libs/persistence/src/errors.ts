import { BootError } from '@planwright/runtime';

/** The database can't be reached or entered; the message says which of the two and what to do. */
export class ConnectionError extends BootError {
  override readonly name = 'ConnectionError';
}

/** The database is there, but this release can't work with it: too old a server, a schema older or newer than ours. */
export class SchemaError extends BootError {
  override readonly name = 'SchemaError';
}

/** A `cursor` that no page of this list ever gave out. The edge answers 400 and names the field. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

/**
 * Node's and PostgreSQL's codes for "not there, going away, full, or held by somebody else for too long": 08 is a lost
 * connection, 57P0x a shutdown, 55P03 a lock that was not to be had.
 */
const AWAY_CODES = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|08|57P0[123]|53300|55P03)/;
/** What the driver says without a code when its connection went away under a statement. */
const AWAY_MESSAGES =
  /^(Connection terminated|Query runner already released|Database connection provided by a query runner was already released|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout)/;

/** True when a statement failed because the database was not there for it: the same statement may succeed later. */
export function isUnavailable(error: unknown): boolean {
  const {
    code,
    message = '',
    driverError,
  } = (error ?? {}) as {
    code?: string;
    message?: string;
    driverError?: { code?: string };
  };
  return AWAY_CODES.test(driverError?.code ?? code ?? '') || AWAY_MESSAGES.test(message);
}
