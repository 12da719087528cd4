import type { Slots } from '@planwright/presence';
import { waitFor } from '@planwright/testing';
import { SlotAnnouncer } from './slot-announcer.js';

const slots: Slots = { interactive: 3, background: 3, features: 0 };
const none: Slots = { interactive: 0, background: 0, features: 0 };

function announcer(fails: () => boolean = () => false) {
  const told: Slots[] = [];
  const warnings: string[] = [];
  const announce = async (these: Slots) => {
    told.push(these);
    if (fails()) throw new Error('away');
  };
  const log = { warn: (_fields: object, message: string) => void warnings.push(message) };
  return { told, warnings, it: new SlotAnnouncer({ presence: { announce }, slots, log, everyMs: 5 }) };
}

describe('SlotAnnouncer', () => {
  it('tells at once and again and again, none after the drain, and nothing after the end', async () => {
    const { it: announcing, told } = announcer();
    expect(told).toEqual([]);
    announcing.start();
    expect(told).toEqual([slots]);
    await waitFor(() => told.length >= 3, { what: 'it to be repeated' });
    announcing.drain();
    expect(told.at(-1)).toEqual(none);
    const atDrain = told.length;
    await waitFor(() => told.length >= atDrain + 2, { what: 'it to be repeated' });
    expect(told.slice(atDrain - 1)).toEqual(told.slice(atDrain - 1).map(() => none));
    announcing.onApplicationShutdown();
    told.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).toEqual([]);
  });

  it('goes on when nobody listens, and says so once', async () => {
    let isAway = true;
    const { it: announcing, told, warnings } = announcer(() => isAway);
    announcing.start();
    await waitFor(() => told.length >= 4, { what: 'it to be repeated' });
    expect(warnings).toHaveLength(1);
    isAway = false;
    const back = told.length;
    await waitFor(() => told.length >= back + 2, { what: 'it to be repeated' });
    isAway = true;
    await waitFor(() => warnings.length === 2, { what: 'the next outage to be told' });
    announcing.onApplicationShutdown();
  });
});
