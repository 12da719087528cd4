import { withoutConditions } from './tenant-conditions.js';

it.each([
  ['WHERE workspace_id = $1 AND id = $2', 'WHERE ($1::uuid IS NOT NULL) AND id = $2'],
  ['WHERE r.workspace_id = $12::uuid', 'WHERE ($12::uuid IS NOT NULL)'],
  [
    'UPDATE "projects" SET "name" = $1 WHERE ("workspace_id" = $2)',
    'UPDATE "projects" SET "name" = $1 WHERE (($2::uuid IS NOT NULL))',
  ],
  ['ON c.workspace_id = p.workspace_id', 'ON c.workspace_id = p.workspace_id'],
])('%s asks for everybody as %s', (sql, stripped) => {
  expect(withoutConditions(sql)).toBe(stripped);
});
