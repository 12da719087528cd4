import type { Body } from '@planwright/client';

/** What can be edited of a project; empty stands for none. */
export interface Details {
  name: string;
  idea: string;
  constraints: string;
  provider: string;
  model: string;
}

interface Stored {
  name: string;
  idea: string;
  constraints: string;
  preferred_provider: string | null;
  preferred_model: string | null;
}

export const detailsOf = (project: Stored): Details => ({
  name: project.name,
  idea: project.idea,
  constraints: project.constraints,
  provider: project.preferred_provider ?? '',
  model: project.preferred_model ?? '',
});

/** The fields that differ from what is stored: others may be changed by somebody else meanwhile. */
export function changesOf(project: Stored, details: Details): Body<'updateProject'> {
  const before = detailsOf(project);
  const model = details.model.trim();
  return {
    ...(details.name !== before.name && { name: details.name }),
    ...(details.idea !== before.idea && { idea: details.idea }),
    ...(details.constraints !== before.constraints && { constraints: details.constraints }),
    ...(details.provider !== before.provider && { preferred_provider: details.provider || null }),
    ...(model !== before.model && { preferred_model: model || null }),
  };
}

export const LONGEST = { name: 200, idea: 32_000, constraints: 16_000 };
