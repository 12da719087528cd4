import { z } from 'zod';

/** What the table in the docs and an operator's error say about one variable. */
export interface FieldMeta {
  /** What a value looks like: "a whole number from 1 to 256". */
  expects: string;
  /** Unit of a number: "ms", "connections"; also part of the variable's name where it is a duration. */
  unit?: string;
  default?: unknown;
  required: boolean;
  /** Values of secrets and addresses (which may hold passwords) are shown nowhere, errors included. */
  secret: boolean;
  description: string;
}

export const fieldMeta = z.registry<FieldMeta>();

export interface FieldOptions<T> {
  description: string;
  /** Taken when the variable is unset or empty. */
  default?: T;
  /** An unset variable is a problem. */
  required?: true;
}

/** Says more exactly than `expects` what is wrong with a value; goes on behind the variable's name. */
export class FieldProblem {
  constructor(readonly message: string) {}
}

/** `T`, or `T | undefined` for a variable that has no default and is not required. */
export type FieldValue<T, O> = O extends { default: NonNullable<unknown> } | { required: true } ? T : T | undefined;
export type Field<T> = z.ZodType<T, string | undefined>;

/**
 * One variable: a text that `parse` turns into a value, or undefined where it doesn't fit. Values are trimmed; an empty
 * one counts as unset, as `docker compose` and many shells pass empty for unset.
 */
export function defineField<T, const O extends FieldOptions<T>>(
  options: O,
  kind: { expects: string; unit?: string; secret?: boolean; parse: (text: string) => T | FieldProblem | undefined },
): Field<FieldValue<T, O>> {
  const { expects, unit, secret = false, parse } = kind;
  const schema = z
    .string()
    .optional()
    .transform((raw, context): T | undefined => {
      const text = raw?.trim() ?? '';
      if (text === '') {
        if (options.required) context.issues.push({ code: 'custom', message: `is required: ${expects}`, input: raw });
        return options.default;
      }
      const value = parse(text);
      if (value instanceof FieldProblem) {
        context.issues.push({ code: 'custom', message: value.message, input: raw });
        return undefined;
      }
      if (value === undefined) {
        const shown = secret ? '' : `, not ${JSON.stringify(text.slice(0, 100))}`;
        context.issues.push({ code: 'custom', message: `must be ${expects}${shown}`, input: raw });
      }
      return value;
    });
  fieldMeta.add(schema, {
    expects,
    ...(unit === undefined ? {} : { unit }),
    ...(options.default === undefined ? {} : { default: options.default }),
    required: options.required ?? false,
    secret,
    description: options.description,
  });
  return schema as unknown as Field<FieldValue<T, O>>;
}
