import { ROUTES } from '@planwright/contracts';
import { z } from 'zod';

/** A place in a request's body that can hold text of whoever sends it. */
export interface FreeText {
  route: string;
  method: string;
  /** Parameters in braces. */
  url: string;
  schema: z.ZodType;
  /** JSON pointer. */
  pointer: string;
  /** The least body that has this text there. */
  bodyWith: (text: string) => unknown;
}

type Path = readonly (string | number)[];
interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** Every text of every body of the REST API, those with a pattern of their own included. */
export function freeTexts(): FreeText[] {
  const routes: [string, { method: string; path: string; body?: z.ZodType }][] = Object.entries(ROUTES);
  return routes.flatMap(([route, { method, path: url, body: schema }]) => {
    if (!schema) return [];
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
    const pointers = new Map(textsIn(json).map((path) => [`/${path.join('/')}`, path]));
    return [...pointers].map(([pointer, path]): FreeText => {
      return { route, method, url, schema, pointer, bodyWith: (text) => nested(path, text) };
    });
  });
}

function textsIn({ type, properties = {}, items, anyOf = [], oneOf = [] }: Schema): Path[] {
  const inside: Path[] = [
    ...Object.entries(properties).flatMap(([name, schema]) => textsIn(schema).map((path) => [name, ...path])),
    ...(items ? textsIn(items).map((path) => [0, ...path]) : []),
    ...[...anyOf, ...oneOf].flatMap(textsIn),
  ];
  return type === 'string' ? [[], ...inside] : inside;
}

function nested([key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  return typeof key === 'number' ? [nested(rest, value)] : { [key]: nested(rest, value) };
}
