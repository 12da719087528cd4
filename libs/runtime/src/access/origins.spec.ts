import { z } from 'zod';
import { readConfig } from '../config/read-config.js';
import { corsHeaders, mayOpenSocket, originFields, preflightHeaders } from './origins.js';
import { transportHeaders } from './security-headers.js';

const PAGE = 'https://plan.example.com';
const read = (value?: string) =>
  readConfig(z.object(originFields), { PLANWRIGHT_ALLOWED_ORIGINS: value }).PLANWRIGHT_ALLOWED_ORIGINS;

it('reads exact origins', () => {
  expect(read()).toBeUndefined();
  expect(read(` ${PAGE}, http://localhost:5173,${PAGE}`)).toEqual([PAGE, 'http://localhost:5173']);
});

it.each([
  '*',
  'null',
  'plan.example.com',
  `${PAGE}/`,
  `${PAGE}/app`,
  'https://Plan.example.com',
  'https://*.example.com',
  'https://plan.example.com:443',
  'ftp://plan.example.com',
  `${PAGE},`,
])('refuses %s, and names it', (value) => {
  expect(() => read(value)).toThrow(/^PLANWRIGHT_ALLOWED_ORIGINS must be origins such as/);
});

describe('sockets', () => {
  it.each([
    [{ host: 'api.example.com' }, true],
    [{ host: 'api.example.com', origin: PAGE }, true],
    [{ host: 'api.example.com', origin: 'https://api.example.com' }, true],
    [{ host: 'API.example.com:8443', origin: 'https://api.example.com:8443' }, true],
    [{ host: 'api.example.com', origin: 'https://api.example.com:8443' }, false],
    [{ host: 'api.example.com', origin: 'https://evil.example' }, false],
    [{ host: 'api.example.com', origin: `${PAGE}.evil.example` }, false],
    [{ host: 'api.example.com', origin: 'null' }, false],
    [{ origin: 'https://evil.example' }, false],
  ])('of %j: %s', (headers, may) => {
    expect(mayOpenSocket(headers, [PAGE])).toBe(may);
  });
});

describe('CORS', () => {
  it('names the one origin that is allowed, and never credentials', () => {
    const headers = corsHeaders({ origin: PAGE }, [PAGE, 'http://localhost:5173']);
    expect(headers).toMatchObject({ vary: 'Origin', 'access-control-allow-origin': PAGE });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it.each(['https://evil.example', 'null', undefined])('gives %s nothing', (origin) => {
    expect(corsHeaders({ origin }, [PAGE])).toEqual({ vary: 'Origin' });
    expect(preflightHeaders('OPTIONS', { origin, 'access-control-request-method': 'POST' }, [PAGE])).toBeNull();
  });

  it('answers what is a preflight, and nothing else', () => {
    const asked = { origin: PAGE, 'access-control-request-method': 'PATCH' };
    expect(preflightHeaders('OPTIONS', asked, [PAGE])?.['access-control-allow-methods']).toContain('PATCH');
    expect(preflightHeaders('OPTIONS', { origin: PAGE }, [PAGE])).toBeNull();
    expect(preflightHeaders('POST', asked, [PAGE])).toBeNull();
  });
});

it.each([
  [true, undefined, true],
  [false, 'https', true],
  [false, 'https, http', true],
  [false, 'http, https', false],
  [false, undefined, false],
])('asks for https where it is: encrypted %s, forwarded as %s', (encrypted, forwardedProto, asks) => {
  expect('strict-transport-security' in transportHeaders({ encrypted, forwardedProto })).toBe(asks);
});
