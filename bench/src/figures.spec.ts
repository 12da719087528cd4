import { median, quantile, rounded } from './figures.js';

it('finds quantiles by the nearest rank', () => {
  const values = [5, 1, 4, 2, 3];
  expect([quantile(values, 0), median(values), quantile(values, 0.99), quantile(values, 1)]).toEqual([1, 3, 5, 5]);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});

it('rounds for reading', () => {
  expect([rounded(1.26), rounded(0.01264, 3)]).toEqual([1.3, 0.013]);
});
