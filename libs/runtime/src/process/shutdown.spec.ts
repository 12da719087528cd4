import { onShutdown } from './shutdown.js';
import type { Shutdown } from './shutdown.js';

const log = { info: () => {}, error: () => {} };

/** A shutdown whose drain ends when the test says so, with the exits it asked for. */
function start(options: { graceMs?: number } = {}) {
  const exits: number[] = [];
  const clock = { at: 0, now: () => clock.at };
  let drains = 0;
  let end: (error?: Error) => void = () => {};
  const shutdown: Shutdown = onShutdown({
    graceMs: options.graceMs ?? 10_000,
    drain: () => {
      drains++;
      return new Promise((resolve, reject) => {
        end = (error) => (error ? reject(error) : resolve());
      });
    },
    log,
    clock,
    exit: (code) => void exits.push(code),
  });
  return { shutdown, exits, clock, drains: () => drains, end: (error?: Error) => end(error) };
}

describe('onShutdown', () => {
  const before = process.listenerCount('SIGTERM');
  afterEach(() => expect(process.listenerCount('SIGTERM')).toBe(before));

  it('drains once and exits with 0', async () => {
    const s = start();
    process.emit('SIGTERM');
    const code = s.shutdown.begin('again');
    s.end();
    expect(await code).toBe(0);
    expect([s.drains(), s.exits]).toEqual([1, [0]]);
  });

  it('takes the copy of a Ctrl-C that npm passes on for the same signal', async () => {
    const s = start();
    process.emit('SIGINT');
    s.clock.at = 20;
    process.emit('SIGINT');
    expect(s.exits).toEqual([]);
    s.end();
    await s.shutdown.begin('');
    expect(s.exits).toEqual([0]);
  });

  it('exits at once on a second signal', () => {
    const s = start();
    process.emit('SIGTERM');
    s.clock.at = 1_000;
    process.emit('SIGTERM');
    expect(s.exits).toEqual([143]);
    s.end();
  });

  it('exits with 1 when the drain takes longer than the grace', async () => {
    const s = start({ graceMs: 5 });
    expect(await s.shutdown.begin('test')).toBe(1);
    expect(s.exits).toEqual([1]);
  });

  it('exits with 1 when the drain fails', async () => {
    const s = start();
    const code = s.shutdown.begin('test');
    s.end(new Error('stuck'));
    expect(await code).toBe(1);
  });

  it('forgets the signals when told to', () => {
    const s = start();
    s.shutdown.dispose();
    expect(s.exits).toEqual([]);
  });
});
