import { taskDraft } from '@planwright/contracts';
import type { JsonSchema } from './tasks-schema.js';
import { tasksSchema } from './tasks-schema.js';

/** All schemas within a schema, itself included. */
function within(schema: JsonSchema): JsonSchema[] {
  const parts = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : [])];
  return [schema, ...parts.flatMap(within)];
}

describe('the schema of a task list', () => {
  const schema = tasksSchema();
  const task = schema.properties?.tasks?.items;

  it('has the fields of a task, all required, and allows no others', () => {
    expect(task?.required).toEqual(Object.keys(taskDraft.shape));
    for (const part of within(schema).filter((s) => s.type === 'object')) {
      expect(part.additionalProperties).toBe(false);
      expect(part.required).toEqual(Object.keys(part.properties ?? {}));
    }
  });

  it('uses only words that strict modes accept', () => {
    const known = ['type', 'description', 'properties', 'required', 'additionalProperties', 'items', 'enum'];
    for (const part of within(schema)) {
      expect(known).toEqual(expect.arrayContaining(Object.keys(part)));
      expect(part.type).toBeDefined();
    }
  });

  it('keeps enumerations, with the union of story points as one', () => {
    expect(task?.properties?.priority?.enum).toEqual(['low', 'medium', 'high', 'urgent']);
    expect(task?.properties?.estimate).toEqual({ type: 'integer', enum: [1, 2, 3, 5, 8, 13] });
  });

  it('tells limits that cannot be asked for in descriptions', () => {
    expect(task?.properties?.title?.description).toBe('3 to 200 characters.');
    expect(task?.properties?.labels?.description).toBe('At most 10 entries.');
    expect(schema.properties?.tasks?.description).toBe('1 to 60 entries.');
  });
});
