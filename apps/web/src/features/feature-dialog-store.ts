import { useSyncExternalStore } from 'react';

/** A description that is being written. `key` names its request, so that one that did arrive is not made twice. */
export interface FeatureDraft {
  text: string;
  key: string;
}

interface DialogState {
  draft: FeatureDraft | null;
}

let state: DialogState = { draft: null };
let unsent = '';
let keys = 0;
const listeners = new Set<() => void>();

function set(next: DialogState): void {
  state = next;
  for (const listener of listeners) listener();
}

const newKey = () => `feature-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}-${(keys += 1)}`;

/** Opens the dialog on whatever screen of the project the person is; without a draft with what was left unsent. */
export const openFeatureDialog = (draft?: FeatureDraft): void =>
  set({ draft: draft ?? { text: unsent, key: newKey() } });

/** Closes it; what was written and not sent is there when it is opened again. */
export function closeFeatureDialog(text = ''): void {
  unsent = text;
  set({ draft: null });
}

/** A draft with another text is another request. */
export const sentDraft = (draft: FeatureDraft, text: string): FeatureDraft =>
  text === draft.text ? draft : { text, key: newKey() };

/** The draft in the dialog; null while it is closed. */
export const useFeatureDialog = (): FeatureDraft | null =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state.draft,
  );
