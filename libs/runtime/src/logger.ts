import { types } from 'node:util';
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { withoutSecrets } from './access/secrets.js';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names whose values never reach a log, at the top of an entry and one or two levels down. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'ticket',
  'jwt',
  'bearer',
  'apiKey',
  'api_key',
  'connectionString',
];
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*["x-${name}"]`]);

/** So many causes of an error are told. */
const CAUSES = 3;

interface LoggedError {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: LoggedError;
}

/**
 * What of an error may stand in a log. Clients hang what they were asked to do on their errors: Redis' its arguments
 * (the password of AUTH), the database's the query with its parameters and the row that is in the way. None of that.
 */
function loggedError(error: unknown, causes = CAUSES): LoggedError {
  if (!isError(error)) return { type: typeof error, message: String(error) };
  const { name, message, stack, cause, code } = error as Error & { code?: unknown };
  return {
    type: error.constructor.name || name,
    message,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(stack !== undefined && { stack }),
    ...(isError(cause) && causes > 0 && { cause: loggedError(cause, causes - 1) }),
  };
}

/** Also of errors that were made in another context of this process. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/**
 * JSON lines on standard output, each with the service's name. Secrets are redacted by name and by how ours look;
 * that is the second line of defence, the first is not to log requests and configurations whole.
 */
export function createLogger(name: string, level: LogLevel = 'info', destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => loggedError(error), error: (error: unknown) => loggedError(error) },
    redact: { paths: REDACTED, censor: '[redacted]' },
    hooks: { streamWrite: withoutSecrets },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** A logger in the shape NestJS asks for (`NestFactory.create(module, {logger})`). Nest's boot chatter becomes `debug`. */
export function nestLogger(log: Logger) {
  const write =
    (level: 'debug' | 'warn' | 'error' | 'fatal' | 'trace') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = typeof rest.at(-1) === 'string' ? rest.pop() : undefined;
      if (isError(message)) log[level]({ err: message, context });
      else {
        const more = rest.map((value) => (isError(value) ? loggedError(value) : value));
        log[level]({ context, ...(more.length > 0 ? { rest: more } : {}) }, String(message));
      }
    };
  return {
    log: write('debug'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
    debug: write('debug'),
    verbose: write('trace'),
  };
}

/** A URL as it may be logged: without user, password and query. Text that is no URL becomes `[not a URL]`. */
export function withoutCredentials(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return '[not a URL]';
  }
}
