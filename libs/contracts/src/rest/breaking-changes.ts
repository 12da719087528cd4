/**
 * What of a new description of the API breaks a client that was written for an older one. A pure comparison of two
 * OpenAPI 3.1 documents: what a client may send must go on being taken, what it reads must go on being there.
 */
export interface BreakingChange {
  kind:
    | 'route_removed'
    | 'parameter_required'
    | 'parameter_removed'
    | 'body_required'
    | 'field_required'
    | 'field_not_taken'
    | 'value_not_taken'
    | 'type_narrowed'
    | 'limit_narrowed'
    | 'answer_removed'
    | 'field_gone'
    | 'field_optional'
    | 'type_changed';
  /** `POST /v1/projects`, and where in it. */
  at: string;
  detail: string;
}

type Json = Record<string, unknown>;
interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema?: Json;
}
interface Operation {
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: Json }> };
  responses?: Record<string, { content?: Record<string, { schema?: Json }> } | { $ref: string }>;
}
type Direction = 'sent' | 'read';
type Found = Omit<BreakingChange, 'at'> & { path: string };

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Every breaking change between two documents, in the order of the older one. Empty where there is none. */
export function breakingChanges(before: object, after: object): BreakingChange[] {
  const compare = new Comparison(before as Json, after as Json);
  return Object.entries(operations(before as Json)).flatMap(([route, older]) => {
    const newer = operations(after as Json)[route];
    if (!newer) return [{ kind: 'route_removed', at: route, detail: 'the route is gone' }];
    return compare.operation(older, newer).map(({ path, ...change }) => ({ ...change, at: `${route} ${path}` }));
  });
}

/** Operations by `GET /v1/things/{}`: the name of a path parameter is of no importance to a client. */
function operations(document: Json): Record<string, Operation> {
  const paths = (document['paths'] ?? {}) as Record<string, Record<string, Operation>>;
  return Object.fromEntries(
    Object.entries(paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const operation = item[method];
        return operation ? [[`${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`, operation]] : [];
      }),
    ),
  );
}

class Comparison {
  // Not as parameters of the constructor: this library runs with its types stripped, too.
  private readonly before: Json;
  private readonly after: Json;

  constructor(before: Json, after: Json) {
    this.before = before;
    this.after = after;
  }

  operation(older: Operation, newer: Operation): Found[] {
    return [...this.parameters(older, newer), ...this.body(older, newer), ...this.answers(older, newer)];
  }

  private parameters(older: Operation, newer: Operation): Found[] {
    const had = (older.parameters ?? []).map((one) => resolve<Parameter>(this.before, one));
    const has = (newer.parameters ?? []).map((one) => resolve<Parameter>(this.after, one));
    const same = (one: Parameter) => (other: Parameter) =>
      other.in === one.in && (one.in === 'path' || other.name.toLowerCase() === one.name.toLowerCase());
    const found: Found[] = has
      .filter((one) => one.in !== 'path' && one.required && !had.find(same(one))?.required)
      .map(({ name }) => ({ kind: 'parameter_required', path: name, detail: 'has to be sent now' }));
    for (const one of had.filter((parameter) => parameter.in !== 'path')) {
      const other = has.find(same(one));
      if (!other) found.push({ kind: 'parameter_removed', path: one.name, detail: 'is not taken any more' });
      else found.push(...this.schema(one.schema ?? {}, other.schema ?? {}, 'sent', one.name, []));
    }
    return found;
  }

  private body(older: Operation, newer: Operation): Found[] {
    if (!newer.requestBody) return older.requestBody ? [gone('body', 'no body is taken any more')] : [];
    const found: Found[] = [];
    if (newer.requestBody.required && !older.requestBody?.required) {
      found.push({ kind: 'body_required', path: 'body', detail: 'has to be sent now' });
    }
    for (const [type, { schema = {} }] of Object.entries(older.requestBody?.content ?? {})) {
      const other = newer.requestBody.content?.[type];
      if (!other) found.push(gone('body', `${type} is not taken any more`));
      else found.push(...this.schema(schema, other.schema ?? {}, 'sent', 'body', []));
    }
    return found;
  }

  private answers(older: Operation, newer: Operation): Found[] {
    return Object.entries(older.responses ?? {}).flatMap(([status, answer]): Found[] => {
      // Refusals have one shape, and there may always be others.
      if (!status.startsWith('2')) return [];
      const other = newer.responses?.[status];
      if (!other) return [{ kind: 'answer_removed', path: status, detail: 'is not answered any more' }];
      const had = resolve<{ content?: Record<string, { schema?: Json }> }>(this.before, answer).content ?? {};
      const has = resolve<{ content?: Record<string, { schema?: Json }> }>(this.after, other).content ?? {};
      return Object.entries(had).flatMap(([type, { schema = {} }]): Found[] => {
        const now = has[type];
        if (!now) return [{ kind: 'answer_removed', path: status, detail: `${type} is not answered any more` }];
        return this.schema(schema, now.schema ?? {}, 'read', status, []);
      });
    });
  }

  /** `seen`: pairs of names that are being compared, as a schema may hold itself. */
  private schema(was: Json, is: Json, direction: Direction, path: string, seen: readonly string[]): Found[] {
    const pair = `${String(was['$ref'])} ${String(is['$ref'])}`;
    if (was['$ref'] !== undefined && seen.includes(pair)) return [];
    const [older, newer] = [resolve<Json>(this.before, was), resolve<Json>(this.after, is)];
    const inside = [...seen, pair];
    const ways = [waysOf(older), waysOf(newer)] as const;
    if (ways[0].length > 1 || ways[1].length > 1) return this.ways(ways[0], ways[1], direction, path, inside);
    const parts = [older['allOf'], newer['allOf']] as (Json[] | undefined)[];
    const joined = (parts[0] ?? []).flatMap((part, i) =>
      this.schema(part, parts[1]?.[i] ?? {}, direction, path, inside),
    );
    const found = [...joined, ...values(older, newer, direction, path), ...types(older, newer, direction, path)];
    if (direction === 'sent') found.push(...limits(older, newer, path));
    found.push(...this.fields(older, newer, direction, path, inside));
    if (older['items'] && newer['items']) {
      found.push(...this.schema(older['items'] as Json, newer['items'] as Json, direction, `${path}[]`, inside));
    }
    return found;
  }

  /** Alternatives: each one that may be sent must still be taken; each one that is answered must have been known. */
  private ways(had: Json[], has: Json[], direction: Direction, path: string, seen: readonly string[]): Found[] {
    const [given, wanted] = direction === 'sent' ? [had, has] : [has, had];
    return given.flatMap((one): Found[] => {
      const tries = wanted.map((other) =>
        direction === 'sent'
          ? this.schema(one, other, direction, path, seen)
          : this.schema(other, one, direction, path, seen),
      );
      const best = tries.toSorted((a, b) => a.length - b.length)[0];
      return best ?? [{ kind: 'type_changed', path, detail: 'is something else now' }];
    });
  }

  private fields(older: Json, newer: Json, direction: Direction, path: string, seen: readonly string[]): Found[] {
    const [had, has] = [fieldsOf(older), fieldsOf(newer)];
    const [needed, needs] = [required(older), required(newer)];
    const found: Found[] = [];
    if (direction === 'sent') {
      for (const name of needs.filter((one) => !needed.includes(one))) {
        found.push({ kind: 'field_required', path: `${path}/${name}`, detail: 'has to be sent now' });
      }
    }
    for (const [name, schema] of Object.entries(had)) {
      const place = `${path}/${name}`;
      const other = has[name];
      if (other) found.push(...this.schema(schema, other, direction, place, seen));
      else if (direction === 'read')
        found.push({ kind: 'field_gone', path: place, detail: 'is not answered any more' });
      else if (newer['additionalProperties'] === false) found.push(gone(place, 'is not taken any more'));
      if (direction === 'read' && other && needed.includes(name) && !needs.includes(name)) {
        found.push({ kind: 'field_optional', path: place, detail: 'may be missing now' });
      }
    }
    return found;
  }
}

const gone = (path: string, detail: string): Found => ({ kind: 'field_not_taken', path, detail });

/** A value that may be sent has to stay one; a text that is answered may be one that is new (see docs/api.md). */
function values(older: Json, newer: Json, direction: Direction, path: string): Found[] {
  if (direction === 'read') return [];
  const now = allowed(newer);
  if (!now) return [];
  const lost = allowed(older)?.filter((value) => !now.includes(value));
  if (lost === undefined) {
    return [{ kind: 'value_not_taken', path, detail: `only ${now.map(String).join(', ')} now` }];
  }
  return lost.length > 0 ? [{ kind: 'value_not_taken', path, detail: `no longer ${lost.map(String).join(', ')}` }] : [];
}

function allowed(schema: Json): unknown[] | undefined {
  return 'const' in schema ? [schema['const']] : (schema['enum'] as unknown[] | undefined);
}

function types(older: Json, newer: Json, direction: Direction, path: string): Found[] {
  const [was, is] = direction === 'sent' ? [typesOf(older), typesOf(newer)] : [typesOf(newer), typesOf(older)];
  // Without a type it is anything.
  if (is.length === 0) return [];
  const wide = is.includes('number') ? [...is, 'integer'] : is;
  if (was.length > 0 && was.every((type) => wide.includes(type))) return [];
  const detail = `was ${typesOf(older).join(' or ') || 'anything'}, is ${typesOf(newer).join(' or ') || 'anything'}`;
  return [{ kind: direction === 'sent' ? 'type_narrowed' : 'type_changed', path, detail }];
}

const UPPER = ['maxLength', 'maxItems', 'maximum', 'exclusiveMaximum'] as const;
const LOWER = ['minLength', 'minItems', 'minimum', 'exclusiveMinimum'] as const;

function limits(older: Json, newer: Json, path: string): Found[] {
  const number = (schema: Json, name: string) => schema[name] as number | undefined;
  const narrower = [
    ...UPPER.filter((name) => (number(newer, name) ?? Infinity) < (number(older, name) ?? Infinity)),
    ...LOWER.filter((name) => (number(newer, name) ?? -Infinity) > (number(older, name) ?? -Infinity)),
  ].map((name) => `${name} ${number(newer, name)}, was ${number(older, name) ?? 'none'}`);
  const { pattern } = newer as { pattern?: string };
  if (pattern !== undefined && pattern !== older['pattern']) narrower.push(`has to be ${pattern}`);
  return narrower.map((detail) => ({ kind: 'limit_narrowed', path, detail }));
}

const typesOf = (schema: Json): string[] => [schema['type'] ?? []].flat() as string[];
const fieldsOf = (schema: Json) => (schema['properties'] ?? {}) as Record<string, Json>;
const required = (schema: Json) => (schema['required'] ?? []) as string[];
const waysOf = (schema: Json) => (schema['anyOf'] ?? schema['oneOf'] ?? [schema]) as Json[];

function resolve<T>(document: Json, value: object): T {
  const { $ref: ref } = value as { $ref?: string };
  if (ref === undefined) return value as T;
  const found = ref
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((part, name) => (part as Json | undefined)?.[name], document);
  return resolve<T>(document, found ?? {});
}
