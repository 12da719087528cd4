import { z } from 'zod';

/** True when PostgreSQL and JSON can store the text: no NUL, no half of a surrogate pair. */
export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** Text of people, 0 or `min` to `max` UTF-16 units, with at least one visible character if `min` > 0. */
export function text(min: number, max: number) {
  return (
    z
      .string()
      // One fault is said once: what is too short is not called blank as well.
      .min(min, { error: `must have at least ${min} character${min === 1 ? '' : 's'}`, abort: true })
      .max(max, `must have at most ${max} characters`)
      .refine(isStorable, 'must not contain NUL characters or lone surrogates')
      .refine((value) => min === 0 || value.trim().length > 0, 'must not be blank')
  );
}
