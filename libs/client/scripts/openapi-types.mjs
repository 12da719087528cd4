import openapiTS, { astToString } from 'openapi-typescript';

/** What the client needs of it: shapes by name, and by operation what it takes and answers. */
const KEPT = new Set(['components', 'operations']);

/** The TypeScript types of an OpenAPI document, as the client has them in `src/openapi.ts`. */
export async function openApiTypes(document) {
  // Fields with a default may be left out of a request; answers list theirs as required.
  const nodes = await openapiTS(document, { defaultNonNullable: false });
  const types = astToString(nodes.filter(({ name }) => KEPT.has(name?.text)));
  return `// Generated from docs/openapi.json by \`npm run generate\`.\n${types}`;
}
