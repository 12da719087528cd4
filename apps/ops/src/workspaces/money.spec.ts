import { costText, microUnitsOf, moneyOf, shareText } from './money.js';

it.each([
  ['0', 0],
  ['20', 20_000_000],
  ['20.5', 20_500_000],
  ['0.000001', 1],
  ['0.1', 100_000],
  ['1000000000', 1_000_000_000_000_000],
])('%s is an amount', (text, amount) => {
  expect(microUnitsOf(text)).toBe(amount);
});

it.each(['', '-1', '1e3', '.5', '5.', '20,00', '$20', '0.0000001', '1000000000.000001', '1000000001', 'Infinity'])(
  '%j is none',
  (text) => {
    expect(microUnitsOf(text)).toBeUndefined();
  },
);

it.each([
  [0, '0.00 USD'],
  [1, '<0.0001 USD'],
  [6_312, '0.0063 USD'],
  [20_500_000, '20.50 USD'],
])('%i micro-units are %s', (amount, text) => {
  expect(moneyOf(amount)).toBe(text);
});

it('says what has no price, and never takes it for free', () => {
  const cost = (amount: number | null, unpriced_calls: number) => costText({ amount, currency: 'USD', unpriced_calls });
  expect(costText(null)).toBe('–');
  expect(cost(6_312, 0)).toBe('0.0063 USD');
  expect(cost(6_312, 2)).toBe('0.0063 USD + 2 calls without a price');
  expect(cost(null, 1)).toBe('1 call without a price');
});

it('has a share of a budget, and of none nothing', () => {
  expect([shareText(5, 20), shareText(30, 20), shareText(5, null), shareText(5, 0)]).toEqual([
    '25.0 %',
    '150.0 %',
    '–',
    '–',
  ]);
});
