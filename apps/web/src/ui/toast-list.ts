/** A toast, and the key its element keeps whatever becomes of it: what changes in an element is told to screen readers. */
export interface ShownToast<Toast> {
  key: string;
  /** How often it has changed what it says. */
  changes: number;
  toast: Toast;
}

type List<Toast> = readonly ShownToast<Toast>[];

/**
 * The toasts with another one. One of the same id says something else from now on; so does the one whose place it takes, and
 * if both are there, one remains.
 */
export function withToast<Toast extends { id: string }>(all: List<Toast>, toast: Toast, instead?: string): List<Toast> {
  const known = all.find(({ toast: { id } }) => id === toast.id);
  const place = known ?? all.find(({ toast: { id } }) => id === instead);
  const rest = all.filter((one) => one === place || one.toast.id !== instead);
  if (!place) return [...rest, { key: freeKey(all, toast.id), changes: 0, toast }];
  return rest.map((one) => (one === place ? { key: one.key, changes: one.changes + 1, toast } : one));
}

export function withoutToast<Toast extends { id: string }>(all: List<Toast>, id: string): List<Toast> {
  return all.filter(({ toast }) => toast.id !== id);
}

function freeKey(all: List<unknown>, id: string): string {
  let key = id;
  while (all.some((one) => one.key === key)) key += '+';
  return key;
}
