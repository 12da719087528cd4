import { readArguments, UsageError } from './arguments.js';
import { USAGE } from './usage.js';

it.each([
  [['verify'], { name: 'verify', all: false, limit: 5, json: false }],
  [['verify', '--all', '--limit', '10000', '--json'], { name: 'verify', all: true, limit: 10_000, json: true }],
  [['doctor'], { name: 'doctor', json: false }],
  [['doctor', '--json'], { name: 'doctor', json: true }],
  [['parked', 'list'], { name: 'parked list', limit: 100, json: false }],
  [['parked', 'list', '--limit=3', '--json'], { name: 'parked list', limit: 3, json: true }],
  [['parked', 'show', 'a'], { name: 'parked show', handle: 'a', json: false }],
  [['parked', '--json', 'show', 'sha256:0a'], { name: 'parked show', handle: 'sha256:0a', json: true }],
  [['parked', 'replay', 'a', 'b', 'a'], { name: 'parked replay', choice: ['a', 'b'] }],
  [['parked', 'replay', '--all'], { name: 'parked replay', choice: 'all' }],
  [['parked', 'drop', 'a'], { name: 'parked drop', choice: ['a'] }],
  [['parked', 'drop', '--all', '--yes'], { name: 'parked drop', choice: 'all' }],
  [['retry', '--failed'], { name: 'retry', workspace: null, project: null, json: false }],
  [
    ['retry', '--failed', '--workspace', 'team a', '--project', '0199f3a2-7c1e-7a43-9d52-000000000002', '--json'],
    { name: 'retry', workspace: 'team a', project: '0199f3a2-7c1e-7a43-9d52-000000000002', json: true },
  ],
  [['usage'], { name: 'usage', workspace: 'default', month: null, json: false }],
  [
    ['usage', '--workspace', 'team a', '--month', '2026-02', '--json'],
    { name: 'usage', workspace: 'team a', month: '2026-02', json: true },
  ],
  [['webhooks', 'reseal', '--json'], { name: 'webhooks reseal', json: true }],
  [['blueprints', 'check', 'mine'], { name: 'blueprints check', dir: 'mine', lock: false, json: false }],
  [
    ['blueprints', '--lock', 'check', 'a b', '--json'],
    { name: 'blueprints check', dir: 'a b', lock: true, json: true },
  ],
  [['keys', 'list'], { name: 'keys list', workspace: 'default', json: false }],
  [
    ['keys', 'create', '--name', 'CI', '--role', 'editor', '--expires-in-days', '90', '--workspace', 'team a'],
    { name: 'keys create', workspace: 'team a', key: 'CI', role: 'editor', expiresInDays: 90, json: false },
  ],
  [
    ['keys', 'rotate', 'pw_7k2m9qxa', '--grace-hours', '0', '--json'],
    { name: 'keys rotate', workspace: 'default', key: 'pw_7k2m9qxa', graceHours: 0, json: true },
  ],
  [['keys', 'revoke', 'pw_7k2m9qxa'], { name: 'keys revoke', workspace: 'default', key: 'pw_7k2m9qxa' }],
  [['workspace'], { name: 'workspace', workspace: 'default', set: {}, json: false }],
  [
    ['workspace', '--name', 'a', '--provider', 'anthropic', '--model', 'claude-haiku-4-5', '--monthly-budget', '20.5'],
    {
      ...{ name: 'workspace', workspace: 'a', json: false },
      set: { provider: 'anthropic', model: 'claude-haiku-4-5', monthlyBudget: 20_500_000 },
    },
  ],
  [
    ['workspace', '--provider', 'none', '--model', 'none', '--monthly-budget', 'none', '--json'],
    { name: 'workspace', workspace: 'default', set: { provider: null, model: null, monthlyBudget: null }, json: true },
  ],
])('reads %j', (argv, command) => {
  expect(readArguments(argv)).toEqual(command);
});

it.each([
  [['--help'], USAGE.ops],
  [['-h'], USAGE.ops],
  [['help'], USAGE.ops],
  [['verify', '--help'], USAGE.verify],
  [['doctor', '-h'], USAGE.doctor],
  [['parked', '--help'], USAGE.parked],
  [['webhooks', '--help'], USAGE.webhooks],
  [['blueprints', '-h'], USAGE.blueprints],
  [['retry', '--help'], USAGE.retry],
  [['usage', '--help'], USAGE.usage],
  [['workspace', '--provider', 'x', '-h'], USAGE.workspace],
  [['keys', 'create', '-h'], USAGE.keys],
  [['parked', 'drop', '--all', '--help'], USAGE.parked],
])('%j asks for help', (argv, text) => {
  expect(readArguments(argv)).toEqual({ name: 'help', text });
});

it.each([
  [[], 'What is to be done?', USAGE.ops],
  [['verfy'], 'There is no command "verfy".', USAGE.ops],
  [['verify', 'now'], 'Nothing is known of "now".', USAGE.verify],
  [['verify', '--fast'], '--fast', USAGE.verify],
  [['verify', '--limit', '0'], '--limit must be a whole number from 1 to 10000, not "0".', USAGE.verify],
  [['verify', '--limit', '10001'], '--limit must be', USAGE.verify],
  [['verify', '--limit', '1e3'], '--limit must be', USAGE.verify],
  [['doctor', '--all'], '--all', USAGE.doctor],
  [['parked'], 'list, show, replay or drop?', USAGE.parked],
  [['parked', 'eat'], 'There is no command "parked eat".', USAGE.parked],
  [['parked', 'list', 'a'], 'Nothing is known of "a".', USAGE.parked],
  [['parked', 'list', '--all'], 'parked list has no option --all.', USAGE.parked],
  [['parked', 'show'], 'Name one message to show.', USAGE.parked],
  [['parked', 'show', 'a', 'b'], 'Name one message to show.', USAGE.parked],
  [['parked', 'replay'], 'Name the messages to replay, or --all.', USAGE.parked],
  [['parked', 'replay', '--all', 'a'], 'not both', USAGE.parked],
  [['parked', 'replay', 'a', '--yes'], 'parked replay has no option --yes.', USAGE.parked],
  [['parked', 'drop'], 'Name the messages to drop, or --all.', USAGE.parked],
  [['parked', 'drop', '--all'], '--yes says that you mean it', USAGE.parked],
  [['parked', 'drop', 'a', '--json'], 'parked drop has no option --json.', USAGE.parked],
  [['retry'], 'Name what is to be retried: --failed.', USAGE.retry],
  [['retry', 'x', '--failed'], 'Nothing is known of "x".', USAGE.retry],
  [['retry', '--failed', '--project', 'p'], '--project must be the id of a project, not "p".', USAGE.retry],
  [['usage', '--month', '2026-13'], '--month must be a month such as 2026-11, not "2026-13".', USAGE.usage],
  [['webhooks'], 'What is to be done with webhooks: reseal?', USAGE.webhooks],
  [['webhooks', 'open'], 'There is no command "webhooks open".', USAGE.webhooks],
  [['blueprints'], 'What is to be done with blueprints: check?', USAGE.blueprints],
  [['blueprints', 'write', 'x'], 'There is no command "blueprints write".', USAGE.blueprints],
  [['blueprints', 'check'], 'Name the folder to check.', USAGE.blueprints],
  [['blueprints', 'check', 'a', 'b'], 'Nothing is known of "b".', USAGE.blueprints],
  [['keys'], 'list, create, rotate or revoke?', USAGE.keys],
  [['keys', 'eat'], 'There is no command "keys eat".', USAGE.keys],
  [['keys', 'list', 'a'], 'Nothing is known of "a".', USAGE.keys],
  [['keys', 'list', '--role', 'admin'], 'keys list has no option --role.', USAGE.keys],
  [['keys', 'create', '--name', 'a'], '--role must be one of viewer, editor, admin.', USAGE.keys],
  [['keys', 'create', '--role', 'admin'], '--name must say', USAGE.keys],
  [
    ['keys', 'create', '--name', 'a', '--role', 'viewer', '--expires-in-days', '0'],
    '--expires-in-days must be a whole number from 1 to 3650, not "0".',
    USAGE.keys,
  ],
  [['keys', 'rotate'], 'Name one key to rotate.', USAGE.keys],
  [['keys', 'rotate', 'a', '--grace-hours', '721'], '--grace-hours must be', USAGE.keys],
  [['keys', 'revoke', 'a', 'b'], 'Name one key to revoke.', USAGE.keys],
  [['keys', 'revoke', 'a', '--json'], 'keys revoke has no option --json.', USAGE.keys],
  [['usage', 'default'], 'Nothing is known of "default".', USAGE.usage],
  [['workspace', 'list'], 'Nothing is known of "list".', USAGE.workspace],
  [
    ['workspace', '--provider', 'azure'],
    '--provider must be one of offline, openai, anthropic, compatible or none, not "azure".',
    USAGE.workspace,
  ],
  [['workspace', '--model', 'a model'], '--model must be a model name such as gpt-4o-mini', USAGE.workspace],
  [['workspace', '--provider', 'none', '--model', 'o3'], 'A model belongs to a provider', USAGE.workspace],
  [
    ['workspace', '--monthly-budget', '20,00'],
    '--monthly-budget must be an amount such as 20 or 20.50 (at most 1000000000) or none, not "20,00".',
    USAGE.workspace,
  ],
])('%j is wrong usage', (argv, message, usage) => {
  expect(() => readArguments(argv)).toThrow(UsageError);
  expect(() => readArguments(argv)).toThrow(message);
  expect(() => readArguments(argv)).toThrow(expect.objectContaining({ usage }));
});
