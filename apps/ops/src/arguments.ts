import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { USAGE } from './usage.js';

/** Parked messages by their handles. */
export type Choice = readonly string[] | 'all';

export type Command =
  | { name: 'help'; text: string }
  | { name: 'verify'; all: boolean; limit: number; json: boolean }
  | { name: 'doctor'; json: boolean }
  | { name: 'parked list'; limit: number; json: boolean }
  | { name: 'parked show'; handle: string; json: boolean }
  | { name: 'parked replay'; choice: Choice }
  | { name: 'parked drop'; choice: Choice };

/** The command line is wrong; the message says how. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(
    message: string,
    /** The right usage. */
    readonly usage: string,
  ) {
    super(message);
  }
}

/** Reads the command line; throws `UsageError`. */
export function readArguments(argv: readonly string[]): Command {
  const [command, ...rest] = argv;
  switch (command) {
    case 'verify':
      return readVerify(rest);
    case 'parked':
      return readParked(rest);
    case 'doctor':
      return readDoctor(rest);
    case 'help':
    case '--help':
    case '-h':
      return { name: 'help', text: USAGE.ops };
    case undefined:
      throw new UsageError('What is to be done?', USAGE.ops);
    default:
      throw new UsageError(`There is no command "${command}".`, USAGE.ops);
  }
}

function readVerify(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv, USAGE.verify, { all: FLAG, limit: TEXT, json: FLAG });
  if (values.help) return { name: 'help', text: USAGE.verify };
  refuseMore(positionals, USAGE.verify);
  const { all = false, json = false } = values;
  return { name: 'verify', all, json, limit: readLimit(values.limit, 5, USAGE.verify) };
}

function readDoctor(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv, USAGE.doctor, { json: FLAG });
  if (values.help) return { name: 'help', text: USAGE.doctor };
  refuseMore(positionals, USAGE.doctor);
  return { name: 'doctor', json: values.json ?? false };
}

function readParked(argv: readonly string[]): Command {
  const usage = USAGE.parked;
  const options = { all: FLAG, yes: FLAG, limit: TEXT, json: FLAG };
  const { values, positionals } = parse(argv, usage, options);
  if (values.help) return { name: 'help', text: usage };
  const [action, ...handles] = positionals;
  const { json = false } = values;
  switch (action) {
    case 'list':
      refuseOptions(values, ['all', 'yes'], action);
      refuseMore(handles, usage);
      return { name: 'parked list', json, limit: readLimit(values.limit, 100, usage) };
    case 'show': {
      refuseOptions(values, ['all', 'yes', 'limit'], action);
      const [handle, ...more] = handles;
      if (handle === undefined || more.length > 0) throw new UsageError('Name one message to show.', usage);
      return { name: 'parked show', handle, json };
    }
    case 'replay':
    case 'drop': {
      refuseOptions(values, action === 'drop' ? ['limit', 'json'] : ['limit', 'json', 'yes'], action);
      const choice = readChoice(handles, values.all, action);
      if (action === 'replay') return { name: 'parked replay', choice };
      if (choice === 'all' && !values.yes) {
        throw new UsageError('All parked messages would be gone for ever; --yes says that you mean it.', usage);
      }
      return { name: 'parked drop', choice };
    }
    case undefined:
      throw new UsageError('What is to be done with parked messages: list, show, replay or drop?', usage);
    default:
      throw new UsageError(`There is no command "parked ${action}".`, usage);
  }
}

function readChoice(handles: readonly string[], all: boolean | undefined, action: string): Choice {
  if (all && handles.length > 0) throw new UsageError('Either --all or some messages, not both.', USAGE.parked);
  if (all) return 'all';
  if (handles.length === 0) throw new UsageError(`Name the messages to ${action}, or --all.`, USAGE.parked);
  return [...new Set(handles)];
}

const FLAG = { type: 'boolean' } as const;
const TEXT = { type: 'string' } as const;

function parse<const O extends NonNullable<ParseArgsConfig['options']>>(
  argv: readonly string[],
  usage: string,
  options: O,
) {
  try {
    const help = { type: 'boolean', short: 'h' } as const;
    return parseArgs({ args: [...argv], allowPositionals: true, options: { ...options, help } });
  } catch (error) {
    throw new UsageError((error as Error).message, usage);
  }
}

function readLimit(text: string | undefined, otherwise: number, usage: string): number {
  if (text === undefined) return otherwise;
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > 10_000) {
    throw new UsageError(`--limit must be a whole number from 1 to 10000, not "${text}".`, usage);
  }
  return limit;
}

function refuseMore(positionals: readonly string[], usage: string): void {
  const [first] = positionals;
  if (first !== undefined) throw new UsageError(`Nothing is known of "${first}".`, usage);
}

function refuseOptions(values: Readonly<Record<string, unknown>>, names: readonly string[], action: string): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given) throw new UsageError(`parked ${action} has no option --${given}.`, USAGE.parked);
}
