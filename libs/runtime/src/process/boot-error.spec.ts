import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { HealthRegistry } from '../health/health-registry.js';
import { startHealthServer } from '../health/health-server.js';
import { BootError, bootSentence } from './boot-error.js';

describe('bootSentence', () => {
  it('names the port that is taken and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const error = await startHealthServer({ host: '127.0.0.1', port, registry: new HealthRegistry() }).catch(
      (e: unknown) => e,
    );
    other.close();
    expect(bootSentence(error)).toBe(
      `Port ${port} on 127.0.0.1 is already in use: stop the other process or set PORT.`,
    );
  });

  it.each([
    [new BootError('The database is newer than this release.'), 'The database is newer than this release.'],
    [new TypeError('x is not a function'), 'Could not start: x is not a function'],
    [
      new AggregateError([new Error('refused ::1'), new Error('refused 127.0.0.1')]),
      'Could not start: refused ::1; refused 127.0.0.1',
    ],
    [
      Object.assign(new Error('listen EACCES'), { code: 'EACCES', syscall: 'listen', port: 80, address: '0.0.0.0' }),
      'Port 80 on 0.0.0.0 needs more rights than this process has: set PORT to 1024 or above.',
    ],
  ])('%s', (error, sentence) => expect(bootSentence(error)).toBe(sentence));
});
