import { createLogger, nestLogger, withoutCredentials } from './logger.js';

function capture() {
  const lines: string[] = [];
  return { lines, stream: { write: (line: string) => void lines.push(line) } };
}

describe('createLogger', () => {
  it('writes JSON with name and instant, and hides secrets by name', () => {
    const { lines, stream } = capture();
    const log = createLogger('generator', 'info', stream);
    log.info(
      { headers: { authorization: 'Bearer s3cret' }, config: { apiKey: 's3cret' }, password: 's3cret' },
      'hello',
    );
    log.debug('not this');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('s3cret');
    expect(JSON.parse(String(lines[0]))).toMatchObject({
      name: 'generator',
      msg: 'hello',
      headers: { authorization: '[redacted]' },
    });
  });

  it('hides keys, tokens and tickets wherever they stand', () => {
    const { lines, stream } = capture();
    const log = createLogger('gateway', 'info', stream);
    const key = `pw_7k2m9qxa_${'s3cret'.repeat(5)}xx_abc123`;
    const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzM2NyZXQifQ.s3cret-signature';
    log.error({ err: new Error(`refused ${key}`), url: `/v1/live?ticket=pwt_${'s3cret'.repeat(7)}` }, `with ${token}`);
    nestLogger(log).error(`Bearer house-key-s3cret-0123456789`, 'Handler');
    expect(lines.join('')).not.toContain('s3cret');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { err: { message: 'refused pw_7k2m9qxa_[redacted]' }, msg: 'with [redacted token]' },
      { msg: 'Bearer [redacted]' },
    ]);
  });

  it('serves Nest, whose boot entries are debug', () => {
    const { lines, stream } = capture();
    const nest = nestLogger(createLogger('x', 'debug', stream));
    nest.log('module ready', 'InstanceLoader');
    nest.error(new Error('broken'), 'Handler');
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 20, msg: 'module ready', context: 'InstanceLoader' },
      { level: 50, err: { message: 'broken' }, context: 'Handler' },
    ]);
  });
});

describe('errors in a log', () => {
  class QueryFailedError extends Error {
    readonly code = '23505';
    readonly query = 'INSERT INTO projects (idea) VALUES ($1)';
    readonly parameters = ['s3cret idea'];
    readonly detail = 'Key (idea)=(s3cret idea) already exists.';
    readonly driverError = { detail: this.detail, parameters: this.parameters };
  }
  const redis = () =>
    Object.assign(new Error('WRONGPASS invalid username-password pair'), {
      name: 'ReplyError',
      command: { name: 'auth', args: ['default', 's3cret'] },
      previousErrors: [{ args: ['s3cret'] }],
    });
  const query = () => new QueryFailedError('duplicate key value violates unique constraint "u"', { cause: redis() });

  it.each([
    ['err', (log: ReturnType<typeof createLogger>) => log.error({ err: query() }, 'm')],
    ['error', (log: ReturnType<typeof createLogger>) => log.error({ error: query() }, 'm')],
    ['err', (log: ReturnType<typeof createLogger>) => log.error(query())],
    ['err', (log: ReturnType<typeof createLogger>) => nestLogger(log).error(query(), 'Handler')],
    ['rest', (log: ReturnType<typeof createLogger>) => nestLogger(log).error('m', query(), 'Handler')],
  ])('keep type, message, code, stack and causes, and no argument: %s', (key, write) => {
    const { lines, stream } = capture();
    write(createLogger('x', 'info', stream));
    expect(lines[0]).not.toMatch(/s3cret|INSERT/);
    const found: unknown = (JSON.parse(String(lines[0])) as Record<string, unknown>)[key];
    expect([found].flat()[0]).toEqual({
      type: 'QueryFailedError',
      message: 'duplicate key value violates unique constraint "u"',
      code: '23505',
      stack: expect.stringContaining('logger.spec'),
      cause: { type: 'Error', message: expect.stringContaining('WRONGPASS'), stack: expect.any(String) },
    });
  });

  it('tell a few causes, also of a chain without end, and things that are no errors', () => {
    const { lines, stream } = capture();
    const log = createLogger('x', 'info', stream);
    const endless = new Error('again');
    endless.cause = endless;
    log.error({ err: endless }, 'm');
    log.error({ err: { password: 's3cret' } }, 'm');
    expect(lines[0]?.match(/"message":"again"/g)).toHaveLength(4);
    expect(JSON.parse(String(lines[1]))).toMatchObject({ err: { type: 'object' } });
    expect(lines[1]).not.toContain('s3cret');
  });
});

describe('withoutCredentials', () => {
  it.each([
    ['amqp://guest:guest@127.0.0.1:5672/vhost?x=1', 'amqp://127.0.0.1:5672/vhost'],
    ['postgres://u:p@db/plan', 'postgres://db/plan'],
    ['nonsense', '[not a URL]'],
  ])('%s', (url, shown) => expect(withoutCredentials(url)).toBe(shown));
});
