import { HealthRegistry } from './health-registry.js';
import { startHealthServer } from './health-server.js';
import type { HealthServer } from './health-server.js';

describe('health', () => {
  let server: HealthServer;
  let registry: HealthRegistry;
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  beforeEach(async () => {
    registry = new HealthRegistry({ timeoutMs: 30 });
    server = await startHealthServer({ host: '127.0.0.1', port: 0, registry });
  });
  afterEach(() => server.close());

  it('is ready while every check resolves', async () => {
    registry.register('broker', async () => {});
    expect(await get('/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { broker: { ok: true } } },
    });
  });

  it('is alive but not ready while a check fails, throws or hangs', async () => {
    registry.register('broker', () => Promise.reject(new Error('connection refused')));
    registry.register('redis', () => new Promise(() => {}));
    registry.register('bug', () => {
      throw new Error('thrown');
    });
    expect(await get('/readyz')).toMatchObject({
      status: 503,
      body: {
        status: 'unavailable',
        checks: {
          broker: { ok: false, error: 'connection refused' },
          redis: { ok: false, error: 'no answer within 30 ms' },
          bug: { ok: false, error: 'thrown' },
        },
      },
    });
    expect(await get('/healthz?x=1')).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it('is not ready any more while it drains', async () => {
    registry.drain();
    expect(await get('/readyz')).toMatchObject({ status: 503, body: { checks: { draining: { ok: false } } } });
  });

  it('forgets a check that was taken out and refuses a name twice', async () => {
    const remove = registry.register('broker', () => Promise.reject(new Error('down')));
    expect(() => registry.register('broker', async () => {})).toThrow('already');
    remove();
    expect((await registry.check()).ok).toBe(true);
  });

  it('has nothing else', async () => {
    expect((await get('/metrics')).status).toBe(404);
    expect((await get('/healthz', { method: 'POST' })).status).toBe(405);
  });
});
