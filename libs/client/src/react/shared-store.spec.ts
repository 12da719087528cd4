import { waitFor } from '@planwright/testing';
import { SharedStore, storeOf } from './shared-store.js';

it('a store that is closed forgets itself, and none that took its place', async () => {
  const client = {};
  const closed: number[] = [];
  let made = 0;
  const store = () =>
    storeOf(client, 'board', (forget) => {
      const nth = ++made;
      return new SharedStore(
        nth,
        () => () => void closed.push(nth),
        () => forget(),
      );
    });
  const first = store();
  const leave = first.subscribe(() => undefined);
  leave();
  await waitFor(() => closed.length === 1, { what: 'the first to be closed' });
  // A component that was drawn with the first one comes back to it when the second is there.
  const second = store();
  const stay = second.subscribe(() => undefined);
  first.subscribe(() => undefined)();
  await waitFor(() => closed.length === 2, { what: 'the first to be closed again' });
  expect([closed, store() === second, made]).toEqual([[1, 1], true, 2]);
  stay();
  await waitFor(() => closed.length === 3, { what: 'the second to be closed' });
  expect(store()).not.toBe(second);
});
