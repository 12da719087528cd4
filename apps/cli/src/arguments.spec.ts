import { readArguments, UsageError } from './arguments.js';

const none = {
  ...{ constraints: undefined, mode: undefined, documents: undefined },
  ...{ provider: undefined, model: undefined, out: undefined },
};

it.each([
  [['An app that finds courts'], { ...none, idea: 'An app that finds courts' }],
  [['idea.md', '--mode', 'draft'], { ...none, idea: 'idea.md', mode: 'draft' }],
  [['An app', '--documents', 'prd, rfc,prd'], { ...none, idea: 'An app', documents: ['prd', 'rfc'] }],
  [['--mode=detailed', 'idea.md'], { ...none, idea: 'idea.md', mode: 'detailed' }],
  [
    ['An app', '--constraints', 'No budget', '--out', 'x y'],
    { ...none, idea: 'An app', constraints: 'No budget', out: 'x y' },
  ],
  [
    ['An app', '--provider', 'openai', '--model=gpt-4.1'],
    { ...none, idea: 'An app', provider: 'openai', model: 'gpt-4.1' },
  ],
  [['An app', '--model', 'qwen3:8b'], { ...none, idea: 'An app', model: 'qwen3:8b' }],
  [['An app', '--constraints', ''], { ...none, idea: 'An app', constraints: '' }],
  [['--', '--a dash at the beginning'], { ...none, idea: '--a dash at the beginning' }],
])('reads %j', (argv, expected) => {
  expect(readArguments(argv)).toEqual(expected);
});

it.each([[['--help']], [['-h']], [['An app', '--help']]])('%j asks for help', (argv) => {
  expect(readArguments(argv)).toBe('help');
});

it.each([
  [[], 'The idea is missing.'],
  [['   '], 'The idea is missing.'],
  [['An', 'app'], 'put quotes around it ("An app ...")'],
  [['An app', '--mode', 'thorough'], '--mode must be draft or detailed, not "thorough".'],
  [['An app', '--documents', 'PRD'], '--documents must be kinds separated by commas, such as prd,rfc, not "PRD".'],
  [['An app', '--documents', 'prd,'], '--documents must be kinds'],
  [['An app', '--mode'], '--mode'],
  [
    ['An app', '--provider', 'chatgpt'],
    '--provider must be one of offline, openai, anthropic, compatible, not "chatgpt".',
  ],
  [['An app', '--model', ''], '--model must name a model.'],
  [['An app', '--out', ' '], '--out must name a folder.'],
  [['An app', '--fast'], '--fast'],
  [['An app', '--help=no'], '--help'],
])('%j is wrong usage', (argv, message) => {
  expect(() => readArguments(argv)).toThrow(UsageError);
  expect(() => readArguments(argv)).toThrow(message);
});
