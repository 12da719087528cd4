import type { z } from 'zod';

/** Where a command reads from and writes to. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  out(text: string): void;
  err(text: string): void;
  /** The part of the environment a command needs; throws one error with every problem. */
  read<S extends z.ZodObject>(schema: S): z.infer<S>;
}
