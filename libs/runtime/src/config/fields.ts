import { readFileSync } from 'node:fs';
import type { LogLevel } from '../logger.js';
import { LOG_LEVELS } from '../logger.js';
import type { z } from 'zod';
import type { FieldOptions } from './field.js';
import { defineField, FieldProblem } from './field.js';

/** Any text. */
export function textField<const O extends FieldOptions<string>>(options: O) {
  return defineField<string, O>(options, { expects: 'a text', parse: (text) => text });
}

/** A text that is shown nowhere. */
export function secretField<const O extends FieldOptions<string>>(options: O) {
  return defineField<string, O>(options, { expects: 'a secret text', secret: true, parse: (text) => text });
}

/** A whole number within limits. */
export function integerField<const O extends FieldOptions<number> & { min: number; max: number; unit?: string }>(
  options: O,
) {
  const { min, max, unit } = options;
  return defineField<number, O>(options, {
    expects: `a whole number${unit ? ` of ${unit}` : ''} from ${min} to ${max}`,
    ...(unit === undefined ? {} : { unit }),
    parse: (text) => {
      const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  });
}

/** A duration in milliseconds; the variable's name ends in `_MS`. At most a day unless said otherwise. */
export function durationMsField<const O extends FieldOptions<number> & { min?: number; max?: number }>(options: O) {
  return integerField({ min: 0, max: 86_400_000, ...options, unit: 'milliseconds' });
}

/** A port to listen on. */
export function portField<const O extends FieldOptions<number>>(options: O) {
  return integerField({ ...options, min: 0, max: 65_535 });
}

/** One of some words. */
export function choiceField<T extends string, const O extends FieldOptions<NoInfer<T>>>(
  values: readonly T[],
  options: O,
) {
  return defineField<T, O>(options, {
    expects: `one of ${values.join(', ')}`,
    parse: (text) => values.find((value) => value === text),
  });
}

/** Some of some words, separated by commas; each at most once and at least one. */
export function choicesField<T extends string, const O extends FieldOptions<readonly NoInfer<T>[]>>(
  values: readonly T[],
  options: O,
) {
  return defineField<readonly T[], O>(options, {
    expects: `some of ${values.join(', ')}, separated by commas`,
    parse: (text) => {
      const words = [...new Set(text.split(',').map((word) => word.trim()))].filter((word) => word !== '');
      const known = words.flatMap((word) => values.filter((value) => value === word));
      return known.length === words.length && known.length > 0 ? known : undefined;
    },
  });
}

/** An address with one of these schemes (`['amqp', 'amqps']`). It may hold a password, so its value is never shown. */
export function urlField<const O extends FieldOptions<string>>(schemes: readonly string[], options: O) {
  return defineField<string, O>(options, {
    expects: `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    secret: true,
    parse: (text) =>
      URL.canParse(text) && schemes.some((scheme) => text.startsWith(`${scheme}://`)) ? text : undefined,
  });
}

/** A value of some structure: JSON itself, or the path of a file that holds it. */
export function jsonField<T, const O extends FieldOptions<T>>(schema: z.ZodType<T>, options: O) {
  return defineField<T, O>(options, {
    expects: 'JSON, or the path of a JSON file',
    parse: (text) => {
      const isInline = text.startsWith('{') || text.startsWith('[');
      let value: unknown;
      try {
        value = JSON.parse(isInline ? text : readFileSync(text, 'utf8'));
      } catch (error) {
        return new FieldProblem(`must be JSON, or the path of a JSON file: ${(error as Error).message}`);
      }
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      const problems = parsed.error.issues.map((issue) => {
        // What is wrong with a key is told one level below.
        const [key] = issue.code === 'invalid_key' ? issue.issues : [];
        return `/${issue.path.join('/')} ${key?.message ?? issue.message}`;
      });
      return new FieldProblem(`does not fit: ${problems.join('; ')}`);
    },
  });
}

/** What processes have that share a broker and a Redis with other installations. */
export const installationFields = {
  PLANWRIGHT_PREFIX: defineField<string, { default: string; description: string }>(
    { default: 'pw', description: 'Begins every name on RabbitMQ and every key in Redis; one per installation.' },
    {
      expects: 'one to 40 of a-z, 0-9, _ and -',
      parse: (text) => (/^[a-z0-9_-]{1,40}$/.test(text) ? text : undefined),
    },
  ),
};

/** What every process has: where it listens, how much it logs, how long it drains. */
export function processFields(defaultPort: number) {
  return {
    HOST: textField({ default: '127.0.0.1', description: 'Address to listen on; images set 0.0.0.0.' }),
    PORT: portField({ default: defaultPort, description: 'Port to listen on; 0 takes a free one and logs it.' }),
    PLANWRIGHT_LOG_LEVEL: choiceField<LogLevel, { default: LogLevel; description: string }>(LOG_LEVELS, {
      default: 'info',
      description: 'Least important kind of log entry that is written.',
    }),
    SHUTDOWN_GRACE_MS: durationMsField({
      default: 25_000,
      max: 3_600_000,
      description: 'Time to finish work after SIGTERM or SIGINT before the process exits anyway.',
    }),
  };
}
