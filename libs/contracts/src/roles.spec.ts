import type { Role } from './roles.js';
import { includesRole, ROLES, strongestRole } from './roles.js';

it.each<[Role, Role[]]>([
  ['viewer', ['viewer']],
  ['editor', ['viewer', 'editor']],
  ['admin', ['viewer', 'editor', 'admin']],
])('%s includes %j', (held, included) => {
  expect(ROLES.filter((needed) => includesRole(held, needed))).toEqual(included);
});

it.each<[string[], Role | null]>([
  [['admin'], 'admin'],
  [['viewer', 'editor'], 'editor'],
  [['editor', 'viewer'], 'editor'],
  [['Admin', 'owner', ''], null],
  [[], null],
])('of %j the strongest is %s', (scopes, expected) => {
  expect(strongestRole(scopes)).toBe(expected);
});
