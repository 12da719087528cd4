import { expect, it } from '@jest/globals';
import { changesOf, detailsOf } from './changes.js';

const PROJECT = { name: 'A', idea: 'An idea', constraints: '', preferred_provider: 'openai', preferred_model: null };

it('sends nothing where nothing differs', () => {
  expect(changesOf(PROJECT, detailsOf(PROJECT))).toEqual({});
  expect(changesOf(PROJECT, { ...detailsOf(PROJECT), model: '  ' })).toEqual({});
});

it('sends the fields that differ and no others', () => {
  expect(changesOf(PROJECT, { ...detailsOf(PROJECT), idea: 'Another', model: ' gpt-4o ' })).toEqual({
    idea: 'Another',
    preferred_model: 'gpt-4o',
  });
});

it('takes a preference back by null', () => {
  expect(changesOf(PROJECT, { ...detailsOf(PROJECT), provider: '' })).toEqual({ preferred_provider: null });
});
