import { createWebhook, fieldErrors, WEBHOOK_EVENTS } from '@planwright/contracts';
import { checkTarget } from './check-target.js';

const read = (url: string, events: unknown = ['*']) => createWebhook.safeParse({ url, events });
const errorsOf = (url: string, events?: unknown) => fieldErrors(read(url, events).error?.issues ?? []);

it.each([
  ['https://example.com', 'https://example.com/'],
  ['https://EXAMPLE.com:8443/a?b=c', 'https://example.com:8443/a?b=c'],
  ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
])('takes %s', (url, kept) => {
  const parsed = read(url);
  expect(parsed.data?.url).toBe(kept);
  expect(() => checkTarget(kept, 'required')).not.toThrow();
});

it.each([
  ['no URL', 'example', /must be a URL/],
  ['no host', 'https://', /must be a URL/],
  ['a file', 'file:///etc/passwd', /begin with https/],
  ['a script', 'javascript:alert(1)', /begin with https/],
  ['a password', 'https://a:b@example.com/', /must not hold a user/],
  ['a fragment', 'https://example.com/#x', /fragment/],
  ['one too long', `https://example.com/${'x'.repeat(2_048)}`, /2048/],
])('refuses %s by name', (_what, url, message) => {
  expect(errorsOf(url)).toContainEqual(
    expect.objectContaining({ pointer: '/url', message: expect.stringMatching(message) }),
  );
});

it.each([
  ['none', []],
  ['an unknown one', ['run.paused']],
  ['one that is only for tests', ['webhook.test']],
  ['one that is shown, not stored', ['feature.progress']],
  ['one twice', ['run.ended', 'run.ended']],
  ['no list', '*'],
])('refuses events: %s', (_what, events) => {
  expect(errorsOf('https://example.com', events)[0]?.pointer).toMatch(/^\/events/);
});

it('takes every event by its name', () => {
  expect(read('https://example.com', [...WEBHOOK_EVENTS, '*']).success).toBe(true);
});

const INWARD = [
  ...['http://example.com/', 'https://127.0.0.1/', 'https://2130706433/', 'https://8.8.8.8/', 'https://[::1]/'],
  ...[
    'https://[::ffff:127.0.0.1]/',
    'https://localhost/',
    'https://localhost./',
    'https://LOCALHOST/',
    'https://a.localhost/',
  ],
];
it.each(INWARD)('with keys, %s is refused at once', (url) => {
  expect(() => checkTarget(read(url).data?.url ?? '', 'required')).toThrow(
    expect.objectContaining({
      body: expect.objectContaining({ status: 400, errors: [expect.objectContaining({ pointer: '/url' })] }),
    }),
  );
});
it.each(INWARD)('without keys, %s may be named', (url) => {
  expect(() => checkTarget(read(url).data?.url ?? '', 'off')).not.toThrow();
});
