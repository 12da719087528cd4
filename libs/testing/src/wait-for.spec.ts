import { waitFor } from './wait-for.js';

test('it gives back the first value that is truthy', async () => {
  let calls = 0;
  expect(await waitFor(() => (++calls < 3 ? null : `call ${calls}`), { what: 'the third call' })).toBe('call 3');
});

test('an error is a condition that has not come true yet', async () => {
  let calls = 0;
  const condition = (): boolean => {
    if (++calls < 3) throw new Error('not there');
    return true;
  };
  expect(await waitFor(condition, { what: 'it' })).toBe(true);
});

test('in the end it says what it waited for, and why that did not come', async () => {
  const cause = new Error('connection refused');
  await expect(waitFor(() => Promise.reject(cause), { what: 'the server', timeoutMs: 20 })).rejects.toMatchObject({
    message: 'waited 20 ms in vain for the server',
    cause,
  });
});
