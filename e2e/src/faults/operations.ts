import { randomUUID } from 'node:crypto';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
}
interface Described {
  operationId: string;
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content: Record<string, { example?: object }> };
  responses: Record<string, { content?: Record<string, unknown> }>;
  'x-max-body-bytes'?: number;
  'x-needs-role': string;
}
export interface OpenApi {
  paths: Record<string, Record<string, Described>>;
  components: { parameters: Record<string, Parameter> };
}

/** One operation of the description, with all that a request to it needs. */
export interface Operation {
  id: string;
  method: string;
  path: string;
  /** Names of path parameters, in order. */
  parameters: string[];
  /** Headers it takes, in lower case; true for those it asks for. */
  headers: Record<string, boolean>;
  /** A body it takes; undefined where it takes none. */
  body: object | undefined;
  maxBodyBytes: number;
  /** The smallest role that may ask for it. */
  needs: string;
  /** Types of its success answers. */
  produces: string[];
}

export interface Request {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
  /** Says that so many bytes come, and is refused before they do. */
  declaredBytes?: number;
}

const MAX_BODY_BYTES = 256 * 1024;

export function operationsOf({ paths, components }: OpenApi): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, described]): Operation => {
      const all = (described.parameters ?? []).map((one) =>
        '$ref' in one ? components.parameters[one.$ref.split('/').at(-1) ?? ''] : one,
      );
      const headers = all.filter((one) => one !== undefined).filter((one) => one.in === 'header');
      const body = described.requestBody?.content['application/json'];
      return {
        id: described.operationId,
        method: method.toUpperCase(),
        path,
        parameters: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
        headers: Object.fromEntries(headers.map(({ name, required }) => [name.toLowerCase(), required === true])),
        body: body && (body.example ?? {}),
        maxBodyBytes: described['x-max-body-bytes'] ?? MAX_BODY_BYTES,
        needs: described['x-needs-role'],
        produces: Object.entries(described.responses)
          .filter(([status]) => status.startsWith('2'))
          .flatMap(([, { content = {} }]) => Object.keys(content)),
      };
    }),
  );
}

/** Queries of operations that ask for one. */
const QUERIES: Record<string, string> = { exportProject: '?format=json' };

/** A request with nothing wrong in it. `ids`: by the word before the parameter; what is not there nobody has. */
export function rightRequest(operation: Operation, key: string, ids: Record<string, string> = {}): Request {
  const path = operation.path.replaceAll(/(\w[\w-]*)\/\{(\w+)\}/g, (_whole, word: string, name: string) => {
    return `${word}/${name === 'section_id' ? 'goals_objectives' : (ids[word] ?? randomUUID())}`;
  });
  const project = ids['projects'] ?? randomUUID();
  const body = operation.body && { ...operation.body, ...('project_id' in operation.body && { project_id: project }) };
  return {
    method: operation.method,
    path: path + (QUERIES[operation.id] ?? ''),
    headers: {
      authorization: `Bearer ${key}`,
      ...('if-match' in operation.headers && { 'if-match': '"2026-11-21T12:00:00.000Z"' }),
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  };
}
