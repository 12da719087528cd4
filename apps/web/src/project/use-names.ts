import { useMemo } from 'react';
import type { Names } from './names.js';
import { namesFrom } from './names.js';
import { useBlueprints } from './queries.js';

/** Names as the server has them; ids made readable until they are known. */
export function useNames(): Names {
  const blueprints = useBlueprints().data;
  return useMemo(() => namesFrom(blueprints ?? []), [blueprints]);
}
