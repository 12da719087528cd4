import { taskDraftList } from '@planwright/contracts';
import { z } from 'zod';

/** A JSON schema, as far as a task list needs one. */
export interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: JsonSchema;
  enum?: (string | number)[];
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  [keyword: string]: unknown;
}

/**
 * The schema of a task list in the words that every provider's strict mode accepts: all properties required, none
 * other allowed, no limits of length. The limits are told in descriptions instead; `parseTaskDrafts` holds the model
 * to them.
 */
export function tasksSchema(): JsonSchema {
  return plain(z.toJSONSchema(taskDraftList) as JsonSchema);
}

function plain(schema: JsonSchema): JsonSchema {
  const limits = limitsText(schema);
  const description = limits === null ? {} : { description: limits };
  const choices = literals(schema);
  if (choices) return { type: typeof choices[0] === 'number' ? 'integer' : 'string', enum: choices };
  if (schema.type === 'object') {
    const properties = Object.entries(schema.properties ?? {}).map(([name, of]) => [name, plain(of)] as const);
    return {
      type: 'object',
      properties: Object.fromEntries(properties),
      required: properties.map(([name]) => name),
      additionalProperties: false,
    };
  }
  if (schema.type === 'array') return { type: 'array', ...description, items: plain(schema.items ?? {}) };
  if (schema.type === 'string') return { type: 'string', ...description };
  throw new Error(`the schema of a task list has ${JSON.stringify(schema)}: say in tasks-schema.ts how to ask for it`);
}

/** The values of an enumeration, or of a union of literals. */
function literals(schema: JsonSchema): (string | number)[] | null {
  if (schema.enum) return schema.enum;
  if (!Array.isArray(schema.anyOf)) return null;
  const values = (schema.anyOf as { const?: string | number }[]).map((of) => of.const);
  return values.every((value) => value !== undefined) ? values : null;
}

function limitsText(schema: JsonSchema): string | null {
  const isList = schema.type === 'array';
  const min = isList ? schema.minItems : schema.minLength;
  const max = isList ? schema.maxItems : schema.maxLength;
  const unit = isList ? 'entries' : 'characters';
  if (max === undefined) return min === undefined ? null : `At least ${min} ${unit}.`;
  return min === undefined ? `At most ${max} ${unit}.` : `${min} to ${max} ${unit}.`;
}
