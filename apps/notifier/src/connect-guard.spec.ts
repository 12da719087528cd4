import { ConnectGuard } from './connect-guard.js';

describe('how many connections may open', () => {
  let nowMs = 0;
  const connections = { size: 0, leaving: false };
  const guard = (connectsPerSecond = 100) =>
    new ConnectGuard(
      { connectsPerSecond, maxConnections: 1_000 },
      connections,
      () => nowMs,
      () => 0.5,
    );
  const admitted = (of: ConnectGuard, count: number) =>
    Array.from({ length: count }, () => of.admit()).filter((waitMs) => waitMs === null).length;
  beforeEach(() => {
    nowMs = 5_000;
    Object.assign(connections, { size: 0, leaving: false });
  });

  it('lets half a second’s worth in at once, and no more', () => {
    expect(admitted(guard(), 5_000)).toBe(50);
  });

  it('lets in as many as time has passed for, and saves up half a second of it', () => {
    const one = guard();
    admitted(one, 5_000);
    nowMs += 250;
    expect(admitted(one, 5_000)).toBe(25);
    nowMs += 60_000;
    expect(admitted(one, 5_000)).toBe(50);
  });

  it('spreads those it refuses over the time in which all of them can be let in', () => {
    const one = guard();
    admitted(one, 50);
    const waits = Array.from({ length: 1_000 }, () => one.admit() ?? 0);
    expect(waits[0]).toBe(1_005);
    expect(waits.at(-1)).toBe(1_000 + 0.5 * 10_000);
    nowMs += 20_000;
    admitted(one, 50);
    expect(one.admit()).toBe(1_005);
  });

  it('sends nobody away for longer than half a minute', () => {
    const one = guard(1);
    expect(Math.max(...Array.from({ length: 500 }, () => one.admit() ?? 0))).toBe(30_000);
  });

  it('lets nobody in beyond what may be open', () => {
    connections.size = 1_000;
    expect(admitted(guard(), 10)).toBe(0);
    connections.size = 999;
    expect(guard().admit()).toBeNull();
  });

  it('lets nobody in while everybody is sent away', () => {
    connections.leaving = true;
    expect(admitted(guard(), 10)).toBe(0);
  });
});
