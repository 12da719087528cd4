import type { Route } from '@planwright/contracts';
import { ROUTES } from '@planwright/contracts';
import { neededRole } from './needed-role.js';

it.each([
  ['GET', '/v1/runs/:id', 'viewer'],
  ['HEAD', '/v1/runs/:id', 'viewer'],
  ['POST', '/v1/projects/:id/runs', 'editor'],
  ['DELETE', '/v1/projects/:id', 'editor'],
  ['POST', '/v1/realtime/tickets', 'viewer'],
  ['GET', '/v1/api-keys', 'admin'],
  ['GET', '/v1/audit-log', 'admin'],
  ['GET', '/v1/unheard-of', 'admin'],
  ['GET', undefined, 'admin'],
])('%s %s needs %s', (method, url, role) => {
  expect(neededRole(method, url)).toBe(role);
});

it('lets nobody write who may only read', () => {
  const open = Object.entries<Route>(ROUTES).filter(([, { method, needs }]) => method !== 'GET' && needs === 'viewer');
  expect(open.map(([name]) => name)).toEqual(['createTicket']);
});
