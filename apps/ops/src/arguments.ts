import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import { modelName, PROVIDER_NAMES, ROLES, uuid } from '@planwright/contracts';
import type { ProviderName, Role } from '@planwright/contracts';
import { USAGE } from './usage.js';
import { microUnitsOf } from './workspaces/money.js';

/** Parked messages by their handles. */
export type Choice = readonly string[] | 'all';

export type Command =
  | { name: 'help'; text: string }
  | { name: 'verify'; all: boolean; limit: number; json: boolean }
  | { name: 'doctor'; json: boolean }
  | { name: 'retry'; workspace: string | null; project: string | null; json: boolean }
  | { name: 'limits'; json: boolean }
  | { name: 'usage'; workspace: string; month: string | null; json: boolean }
  | { name: 'workspace'; workspace: string; set: WorkspaceChange; json: boolean }
  | { name: 'keys list'; workspace: string; json: boolean }
  | { name: 'keys create'; workspace: string; key: string; role: Role; expiresInDays: number | null; json: boolean }
  | { name: 'keys rotate'; workspace: string; key: string; graceHours: number; json: boolean }
  | { name: 'keys revoke'; workspace: string; key: string }
  | { name: 'webhooks reseal'; json: boolean }
  | { name: 'blueprints check'; dir: string; lock: boolean; json: boolean }
  | { name: 'parked list'; limit: number; json: boolean }
  | { name: 'parked show'; handle: string; json: boolean }
  | { name: 'parked replay'; choice: Choice }
  | { name: 'parked drop'; choice: Choice };

/** What shall be another; null takes it away. */
export interface WorkspaceChange {
  provider?: ProviderName | null;
  model?: string | null;
  /** Micro-units of the currency. */
  monthlyBudget?: number | null;
}

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
    case 'retry':
      return readRetry(rest);
    case 'limits':
      return readLimits(rest);
    case 'usage':
      return readUsage(rest);
    case 'workspace':
      return readWorkspace(rest);
    case 'keys':
      return readKeys(rest);
    case 'webhooks':
      return readWebhooks(rest);
    case 'blueprints':
      return readBlueprints(rest);
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

function readRetry(argv: readonly string[]): Command {
  const usage = USAGE.retry;
  const { values, positionals } = parse(argv, usage, { failed: FLAG, workspace: TEXT, project: TEXT, json: FLAG });
  if (values.help) return { name: 'help', text: usage };
  refuseMore(positionals, usage);
  const { failed = false, workspace = null, project = null, json = false } = values;
  if (!failed) throw new UsageError('Name what is to be retried: --failed.', usage);
  if (project !== null && !uuid.safeParse(project).success) {
    throw new UsageError(`--project must be the id of a project, not "${project}".`, usage);
  }
  return { name: 'retry', workspace, project, json };
}

function readLimits(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv, USAGE.limits, { json: FLAG });
  if (values.help) return { name: 'help', text: USAGE.limits };
  refuseMore(positionals, USAGE.limits);
  return { name: 'limits', json: values.json ?? false };
}

function readUsage(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv, USAGE.usage, { workspace: TEXT, month: TEXT, json: FLAG });
  if (values.help) return { name: 'help', text: USAGE.usage };
  refuseMore(positionals, USAGE.usage);
  const { workspace = DEFAULT_WORKSPACE, month = null, json = false } = values;
  if (month !== null && !/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) {
    throw new UsageError(`--month must be a month such as 2026-11, not "${month}".`, USAGE.usage);
  }
  return { name: 'usage', workspace, month, json };
}

function readWorkspace(argv: readonly string[]): Command {
  const usage = USAGE.workspace;
  const options = { name: TEXT, provider: TEXT, model: TEXT, 'monthly-budget': TEXT, json: FLAG };
  const { values, positionals } = parse(argv, usage, options);
  if (values.help) return { name: 'help', text: usage };
  refuseMore(positionals, usage);
  const { name: workspace = DEFAULT_WORKSPACE, provider, model, 'monthly-budget': budget, json = false } = values;
  const set: WorkspaceChange = {};
  if (provider !== undefined) {
    const named = PROVIDER_NAMES.find((name) => name === provider);
    if (provider !== NONE && !named) {
      const known = PROVIDER_NAMES.join(', ');
      throw new UsageError(`--provider must be one of ${known} or ${NONE}, not "${provider}".`, usage);
    }
    set.provider = named ?? null;
  }
  if (model !== undefined) {
    if (!modelName.safeParse(model).success) {
      throw new UsageError(`--model must be a model name such as gpt-4o-mini, not "${model}".`, usage);
    }
    set.model = model === NONE ? null : model;
  }
  if (budget !== undefined) {
    const amount = budget === NONE ? null : microUnitsOf(budget);
    if (amount === undefined) {
      const expected = `an amount such as 20 or 20.50 (at most 1000000000) or ${NONE}`;
      throw new UsageError(`--monthly-budget must be ${expected}, not "${budget}".`, usage);
    }
    set.monthlyBudget = amount;
  }
  if (set.provider === null && set.model) {
    throw new UsageError('A model belongs to a provider: name both, or take both away.', usage);
  }
  return { name: 'workspace', workspace, set, json };
}

function readKeys(argv: readonly string[]): Command {
  const usage = USAGE.keys;
  const numbers = { 'expires-in-days': TEXT, 'grace-hours': TEXT } as const;
  const options = { name: TEXT, role: TEXT, workspace: TEXT, json: FLAG, ...numbers };
  const { values, positionals } = parse(argv, usage, options);
  if (values.help) return { name: 'help', text: usage };
  const [action, key, ...more] = positionals;
  const { workspace = DEFAULT_WORKSPACE, name, role: asked, json = false } = values;
  const allow = (...allowed: string[]) => {
    const given = Object.keys(values).find((option) => ![...allowed, 'workspace'].includes(option));
    if (given) throw new UsageError(`keys ${action} has no option --${given}.`, usage);
  };
  const named = (): string => {
    if (key === undefined || more.length > 0) throw new UsageError(`Name one key to ${action}.`, usage);
    return key;
  };
  switch (action) {
    case 'list':
      allow('json');
      refuseMore(positionals.slice(1), usage);
      return { name: 'keys list', workspace, json };
    case 'create': {
      allow('name', 'role', 'expires-in-days', 'json');
      refuseMore(positionals.slice(1), usage);
      const role = ROLES.find((one) => one === asked);
      if (!role) throw new UsageError(`--role must be one of ${ROLES.join(', ')}.`, usage);
      if (name === undefined || name.trim() === '' || name.length > 100) {
        throw new UsageError('--name must say in 1 to 100 characters what the key is for.', usage);
      }
      const expiresInDays = readCount(values['expires-in-days'], null, 'expires-in-days', [1, 3_650]);
      return { name: 'keys create', workspace, key: name, role, expiresInDays, json };
    }
    case 'rotate': {
      allow('grace-hours', 'json');
      const graceHours = readCount(values['grace-hours'], 24, 'grace-hours', [0, 720]);
      return { name: 'keys rotate', workspace, key: named(), graceHours, json };
    }
    case 'revoke':
      allow();
      return { name: 'keys revoke', workspace, key: named() };
    case undefined:
      throw new UsageError('What is to be done with keys: list, create, rotate or revoke?', usage);
    default:
      throw new UsageError(`There is no command "keys ${action}".`, usage);
  }
}

function readCount<T>(
  text: string | undefined,
  otherwise: T,
  option: string,
  [min, max]: [number, number],
): number | T {
  if (text === undefined) return otherwise;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${option} must be a whole number from ${min} to ${max}, not "${text}".`, USAGE.keys);
}

function readWebhooks(argv: readonly string[]): Command {
  const usage = USAGE.webhooks;
  const { values, positionals } = parse(argv, usage, { json: FLAG });
  if (values.help) return { name: 'help', text: usage };
  const [action, ...more] = positionals;
  if (action === undefined) throw new UsageError('What is to be done with webhooks: reseal?', usage);
  if (action !== 'reseal') throw new UsageError(`There is no command "webhooks ${action}".`, usage);
  refuseMore(more, usage);
  return { name: 'webhooks reseal', json: values.json ?? false };
}

function readBlueprints(argv: readonly string[]): Command {
  const usage = USAGE.blueprints;
  const { values, positionals } = parse(argv, usage, { lock: FLAG, json: FLAG });
  if (values.help) return { name: 'help', text: usage };
  const [action, dir, ...more] = positionals;
  if (action === undefined) throw new UsageError('What is to be done with blueprints: check?', usage);
  if (action !== 'check') throw new UsageError(`There is no command "blueprints ${action}".`, usage);
  if (dir === undefined || dir.trim() === '') throw new UsageError('Name the folder to check.', usage);
  refuseMore(more, usage);
  return { name: 'blueprints check', dir, lock: values.lock ?? false, json: values.json ?? false };
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

const DEFAULT_WORKSPACE = 'default';
const NONE = 'none';

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
