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

describe('withoutCredentials', () => {
  it.each([
    ['amqp://guest:guest@127.0.0.1:5672/vhost?x=1', 'amqp://127.0.0.1:5672/vhost'],
    ['postgres://u:p@db/plan', 'postgres://db/plan'],
    ['nonsense', '[not a URL]'],
  ])('%s', (url, shown) => expect(withoutCredentials(url)).toBe(shown));
});
