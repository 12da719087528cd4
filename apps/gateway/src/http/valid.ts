import type { PipeTransform } from '@nestjs/common';
import { fieldErrors, idParam, invalidFields, pageQuery } from '@planwright/contracts';
import type { FieldError } from '@planwright/contracts';
import type { z } from 'zod';
import { refusal, RequestProblem } from './problem.js';

type Part = 'body' | 'query' | 'path';

/** Reads one part of a request by its schema; every wrong field is named, with the limit, and nothing is done. */
export class Valid<S extends z.ZodType> implements PipeTransform<unknown, z.infer<S>> {
  constructor(
    private readonly schema: S,
    private readonly part: Part = 'body',
  ) {}

  transform(value: unknown): z.infer<S> {
    const parsed = this.schema.safeParse(value);
    if (parsed.success) return parsed.data;
    if (value === undefined) throw new RequestProblem('malformed_json', 'The body is missing.');
    const errors = fieldErrors(parsed.error.issues).map((error) => ({ ...error, pointer: place(error, this.part) }));
    throw refusal(invalidFields(errors));
  }
}

/** `/idea` in a body, `?limit` in a query, `{id}` in a path. */
function place({ pointer }: FieldError, part: Part): string {
  if (part === 'body') return pointer;
  const name = pointer.replace(/^\//, '');
  return part === 'query' ? `?${name}` : `{${name}}`;
}

/** The `{id}` of a path. */
export const validId = new Valid(idParam, 'path');
/** `?limit=&cursor=` of a list. */
export const validPage = new Valid(pageQuery, 'query');
