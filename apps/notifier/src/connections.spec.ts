import { Connections } from './connections.js';

/** Drains so many connections at once; answers when each was told to come back, in milliseconds. */
async function drained(count: number, drainMs = 8_000): Promise<number[]> {
  const connections = new Connections({ drainMs });
  const told: number[] = [];
  for (let i = 0; i < count; i += 1) connections.add({ drain: async (ms) => void told.push(ms) });
  await connections.beforeApplicationShutdown();
  return told;
}

describe('everybody who is connected, on shutdown', () => {
  it.each([1_000, 5_000])('%d are spread evenly over all of the time', async (count) => {
    const told = await drained(count);
    const seconds = Map.groupBy(told, (ms) => Math.min(7, Math.floor(ms / 1_000)));
    expect(told).toHaveLength(count);
    expect(seconds.size).toBe(8);
    for (const { length } of seconds.values()) expect(length / count).toBeLessThan(0.15);
    expect(Math.max(...told)).toBeLessThanOrEqual(8_000);
  });

  it('few are gone soon', async () => {
    expect(Math.max(...(await drained(20)))).toBeLessThanOrEqual(200);
    expect(await drained(0)).toEqual([]);
  });

  it('who comes later is sent away at once', async () => {
    const connections = new Connections({ drainMs: 0 });
    await connections.beforeApplicationShutdown();
    const told: number[] = [];
    connections.add({ drain: async (ms) => void told.push(ms) });
    expect(told).toEqual([0]);
    expect(connections.leaving).toBe(true);
  });
});
