import type { ReactElement } from 'react';
import type { Project } from '../project/queries.js';
import { FeatureDialog } from './feature-dialog.js';
import { closeFeatureDialog, sentDraft, useFeatureDialog } from './feature-dialog-store.js';
import { useFeatureToasts } from './use-feature-toasts.js';

/** Tells on every screen of a project what becomes of its features: one toast for each. The dialog that asks for one is here too. */
export function FeatureToasts({ project }: { project: Project }): ReactElement | null {
  const submit = useFeatureToasts(project.id);
  const draft = useFeatureDialog();
  if (!draft) return null;
  return (
    <FeatureDialog
      key={draft.key}
      text={draft.text}
      onClose={closeFeatureDialog}
      onSubmit={(text) => {
        closeFeatureDialog();
        submit(sentDraft(draft, text));
      }}
    />
  );
}
