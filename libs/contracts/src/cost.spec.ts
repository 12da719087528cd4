import { addCosts, costOfCall } from './cost.js';

it('is null where nothing was called', () => {
  expect(addCosts([])).toBeNull();
  expect(addCosts([null, null])).toBeNull();
});

it('counts calls without a known price, and takes none of them for free', () => {
  expect(addCosts([costOfCall(null), costOfCall(null)])).toEqual({ amount: null, currency: 'USD', unpriced_calls: 2 });
  expect(addCosts([costOfCall(120), null, costOfCall(null), costOfCall(3)])).toEqual({
    amount: 123,
    currency: 'USD',
    unpriced_calls: 1,
  });
  expect(addCosts([costOfCall(0)])).toEqual({ amount: 0, currency: 'USD', unpriced_calls: 0 });
});
