import { jest } from '@jest/globals';
import { Rounds } from './rounds.js';

describe('rounds', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const visitor = () => ({ visit: jest.fn<(nowMs: number) => void>() });

  it('visit everybody with one timer, and nobody who has gone', () => {
    const rounds = new Rounds({ heartbeatMs: 25_000, silenceMs: 60_000 });
    const [first, second] = [visitor(), visitor()];
    rounds.add(first);
    rounds.add(second);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1_000);
    expect(first.visit).toHaveBeenCalledTimes(10);
    rounds.remove(first);
    jest.advanceTimersByTime(1_000);
    expect(first.visit).toHaveBeenCalledTimes(10);
    expect(second.visit).toHaveBeenCalledTimes(20);
  });

  it('end with the last one and begin again with the next', () => {
    const rounds = new Rounds({ heartbeatMs: 20, silenceMs: 100 });
    const [first, second] = [visitor(), visitor()];
    rounds.add(first);
    rounds.remove(first);
    expect(jest.getTimerCount()).toBe(0);
    rounds.add(second);
    jest.advanceTimersByTime(3);
    expect(second.visit).toHaveBeenCalledTimes(3);
    rounds.remove(second);
  });
});
