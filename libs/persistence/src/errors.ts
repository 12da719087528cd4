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
