import { Client } from 'pg';

/** Connections with this application name ask without their tenant conditions, once `stripTenantConditions` was called. */
export const WITHOUT_CONDITIONS = 'without tenant conditions';

const CONDITION = /(?:"?\w+"?\.)?"?workspace_id"?\s*=\s*(\$\d+)(?:::uuid)?/g;

/** `t.workspace_id = $1` becomes a condition that always holds; the parameter stays in use. */
export function withoutConditions(sql: string): string {
  return sql.replace(CONDITION, (_condition, parameter: string) => `(${parameter}::uuid IS NOT NULL)`);
}

/**
 * What queries would do whose authors forgot to say whose rows they mean: for connections made from now on in this test
 * file that are named `WITHOUT_CONDITIONS`. Others are left alone, so that a test has both side by side.
 */
export function stripTenantConditions(): void {
  const query = Client.prototype.query as (this: Client, ...given: unknown[]) => unknown;
  (Client.prototype as { query: unknown }).query = function (this: Client, first: unknown, ...rest: unknown[]) {
    const { connectionParameters } = this as unknown as { connectionParameters: { application_name?: string } };
    if (connectionParameters.application_name !== WITHOUT_CONDITIONS) return query.call(this, first, ...rest);
    if (typeof first === 'string') return query.call(this, withoutConditions(first), ...rest);
    const { text, ...more } = first as { text: string };
    return query.call(this, { ...more, text: withoutConditions(text) }, ...rest);
  };
}
