import { type RequestProblem } from '../http/problem.js';
import { chooseModel } from './model-choice.js';
import type { ModelOffer, ModelWish } from './model-choice.js';

const offer: ModelOffer = [
  { provider: 'openai', defaultModel: 'gpt-4o-mini' },
  { provider: 'anthropic', defaultModel: 'claude-haiku-4-5' },
  { provider: 'compatible', defaultModel: null },
];
const choose = (run: ModelWish, project: ModelWish = {}, workspace: ModelWish = {}) => {
  const { provider, model } = chooseModel(offer, run, project, workspace);
  return `${provider}/${model}`;
};

it.each<[string, string, ModelWish, ModelWish, ModelWish]>([
  ['nobody asks for anything', 'openai/gpt-4o-mini', {}, {}, {}],
  ['the run asks for a provider', 'anthropic/claude-haiku-4-5', { provider: 'anthropic' }, { provider: 'openai' }, {}],
  [
    'the project asks for another model of another provider',
    'anthropic/claude-haiku-4-5',
    { provider: 'anthropic' },
    { provider: 'openai', model: 'gpt-4.1' },
    { provider: 'openai', model: 'o3' },
  ],
  ['the run asks for a model alone', 'openai/gpt-4.1', { model: 'gpt-4.1' }, {}, {}],
  ['… of the provider of its project', 'anthropic/opus', { model: 'opus' }, { provider: 'anthropic', model: 'x' }, {}],
  ['… of that of its workspace', 'anthropic/opus', { model: 'opus' }, {}, { provider: 'anthropic', model: 'x' }],
  ['the project has a say', 'anthropic/opus', {}, { provider: 'anthropic', model: 'opus' }, { provider: 'openai' }],
  ['the workspace has a say', 'anthropic/opus', {}, {}, { provider: 'anthropic', model: 'opus' }],
  [
    'the project asks for a model alone',
    'anthropic/opus',
    {},
    { model: 'opus' },
    { provider: 'anthropic', model: 'x' },
  ],
  ['the workspace asks for a model alone', 'openai/gpt-4.1', {}, {}, { model: 'gpt-4.1' }],
  ['what is null is not asked for', 'openai/gpt-4o-mini', {}, { provider: null, model: null }, { provider: null }],
  [
    'a server of the own network is asked for with its model',
    'compatible/q',
    { provider: 'compatible', model: 'q' },
    {},
    {},
  ],
])('%s: %s', (_what, expected, run, project, workspace) => {
  expect(choose(run, project, workspace)).toBe(expected);
});

const refusal = (run: ModelWish, project: ModelWish = {}) => {
  try {
    choose(run, project);
  } catch (error) {
    return (error as RequestProblem).body;
  }
  return undefined;
};

it('names the field where a model has to be named', () => {
  const message = 'must be named: provider compatible has no default model here (PLANWRIGHT_MODEL sets one)';
  expect(refusal({ provider: 'compatible' }, { provider: 'openai', model: 'gpt-4.1' })).toMatchObject({
    status: 400,
    code: 'invalid_request',
    detail: `/model ${message}.`,
    errors: [{ pointer: '/model', code: 'required', message }],
  });
});

it('names what is offered instead of what is not', () => {
  expect(refusal({}, { provider: 'offline' })).toMatchObject({
    status: 400,
    detail: 'Provider offline is not offered here; openai, anthropic, compatible are.',
    errors: [{ pointer: '/provider', limit: ['openai', 'anthropic', 'compatible'] }],
  });
});
