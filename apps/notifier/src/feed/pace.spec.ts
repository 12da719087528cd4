import { Pace } from './pace.js';

describe('the pace of sends', () => {
  let nowMs = 0;
  let pace: Pace;
  beforeEach(() => {
    nowMs = 1_000;
    pace = new Pace(() => nowMs);
  });
  const send = (count: number) => {
    for (let sent = 0; sent < count; sent += 1) pace.sent();
  };

  it('does not wait while there is little to do', () => {
    send(9);
    expect(pace.windowMs()).toBe(0);
  });

  it('waits longer the more is sent, at most 50 ms', () => {
    send(200);
    expect(pace.windowMs()).toBe(20);
    send(10_000);
    expect(pace.windowMs()).toBe(50);
  });

  it('remembers the slot before, and forgets when it was quiet', () => {
    send(200);
    nowMs += 50;
    expect(pace.windowMs()).toBe(20);
    nowMs += 50;
    expect(pace.windowMs()).toBe(0);
  });
});
