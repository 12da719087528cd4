import type { TaskDraft, TextWarning } from '@planwright/contracts';

/** So many links are named in a warning. */
const MOST_NAMED = 5;

/** Drafts without links to requirements that are not in the documents they were made from, and what is to be said of it. */
export function withKnownLinks(
  drafts: readonly TaskDraft[],
  known: ReadonlySet<string>,
): { drafts: TaskDraft[]; warnings: TextWarning[] } {
  const unknown = drafts.flatMap(({ ref, requirements }) =>
    requirements.filter((id) => !known.has(id)).map((id) => `${ref} → ${id}`),
  );
  const kept = drafts.map((draft) => ({
    ...draft,
    requirements: [...new Set(draft.requirements)].filter((id) => known.has(id)),
  }));
  if (unknown.length === 0) return { drafts: kept, warnings: [] };
  const named = unknown.slice(0, MOST_NAMED).join(', ');
  const more = unknown.length > MOST_NAMED ? ` and ${unknown.length - MOST_NAMED} more` : '';
  const message = `Tasks named requirements that do not exist; these links were left out: ${named}${more}`;
  return { drafts: kept, warnings: [{ rule: 'unknown_requirement', message }] };
}
