import { z } from 'zod';
import { instant, uuid } from '../ids.js';
import { text } from './text.js';

export const providerName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'must be a provider name such as openai or offline');
export const modelName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,119}$/, 'must be a model name such as gpt-4o-mini (at most 120 characters)');

export const createProject = z.strictObject({
  name: text(1, 200),
  idea: text(1, 32_000),
  constraints: text(0, 16_000).default(''),
  preferred_provider: providerName.nullable().default(null),
  preferred_model: modelName.nullable().default(null),
});
export type CreateProject = z.infer<typeof createProject>;

export const updateProject = z.strictObject({
  name: text(1, 200).optional(),
  idea: text(1, 32_000).optional(),
  constraints: text(0, 16_000).optional(),
  preferred_provider: providerName.nullable().optional(),
  preferred_model: modelName.nullable().optional(),
});
export type UpdateProject = z.infer<typeof updateProject>;

export const projectResource = z.object({
  id: uuid,
  name: z.string(),
  idea: z.string(),
  constraints: z.string(),
  preferred_provider: z.string().nullable(),
  preferred_model: z.string().nullable(),
  active_prd_version_id: uuid.nullable(),
  active_tech_version_id: uuid.nullable(),
  active_task_set_id: uuid.nullable(),
  created_at: instant,
  updated_at: instant,
});
export type ProjectResource = z.infer<typeof projectResource>;
