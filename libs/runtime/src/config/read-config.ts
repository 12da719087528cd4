import type { z } from 'zod';
import { BootError } from '../process/boot-error.js';
import type { FieldMeta } from './field.js';
import { fieldMeta } from './field.js';

/** Everything that is wrong with the environment, a line each. */
export class ConfigError extends BootError {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(
      problems.length === 1
        ? String(problems[0])
        : `${problems.length} problems with the environment:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
  }
}

/** Reads the variables a schema names. Throws one `ConfigError` with every problem, by variable, without secret values. */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<S> {
  const wanted = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, env[name]]));
  const parsed = schema.safeParse(wanted);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')} ${message}` : message)),
  );
}

/** One row of the table in the docs. */
export interface ConfigRow extends FieldMeta {
  name: string;
}

/** The variables of a schema, for the table in the docs. Variables not made by a field builder are an error. */
export function describeConfig(schema: z.ZodObject): ConfigRow[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const meta = fieldMeta.get(field);
    if (!meta) throw new Error(`${name} is not made by a field builder, so it has no description`);
    return { name, ...meta };
  });
}
