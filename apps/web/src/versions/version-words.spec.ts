import { expect, it } from '@jest/globals';
import type { Schemas } from '@planwright/client';
import { chosenTwo, comparedPair, originOf, previousReadable, statusOf } from './version-words.js';

const version = (number: number, status = 'ready') =>
  ({ id: `v${number}`, number, status, meta: {} }) as unknown as Schemas['VersionSummary'];
const VERSIONS = [version(4, 'generating'), version(3), version(2, 'failed'), version(1, 'partial')];

it('finds the readable version before one, over those without a text', () => {
  expect(previousReadable(VERSIONS, 3)?.number).toBe(1);
  expect(previousReadable(VERSIONS, 4)?.number).toBe(3);
  expect(previousReadable(VERSIONS, 1)).toBeUndefined();
});

it('keeps two chosen at most: a third replaces the first', () => {
  expect(chosenTwo([], 'a')).toEqual(['a']);
  expect(chosenTwo(['a'], 'b')).toEqual(['a', 'b']);
  expect(chosenTwo(['a', 'b'], 'c')).toEqual(['b', 'c']);
  expect(chosenTwo(['a', 'b'], 'a')).toEqual(['b']);
});

it('compares the older with the newer one', () => {
  expect(comparedPair(VERSIONS, ['v3', 'v1'])?.map(({ number }) => number)).toEqual([1, 3]);
  expect(comparedPair(VERSIONS, ['v3'])).toBeNull();
});

it('says what made a version', () => {
  expect(originOf(version(1), { kind: 'sections' })).toBe('a run of single sections');
  expect(originOf(version(1), undefined)).toBe('its run');
  expect(originOf({ meta: { imported_from: {} } }, undefined)).toBe('imported');
});

it('has a word for every status', () => {
  expect(statusOf(version(1, 'partial')).word).toBe('Some sections missing');
});
