import type { ReactElement, SyntheticEvent } from 'react';
import { useState } from 'react';
import type { BoardColumn } from '@planwright/client/react';
import { useClient } from '@planwright/client/react';
import { useMutation } from '@tanstack/react-query';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNotice } from '../ui/notice.js';
import { useToasts } from '../ui/toasts.js';
import { CardFields } from './card-fields.js';
import { cardFieldError } from './dependencies.js';
import { emptyDraft, tidy } from './draft.js';
import styles from './editor.module.css';
import { useChoices } from './use-choices.js';
import { DRAFT_FIELDS } from './words.js';

interface NewCardProps {
  projectId: string;
  status: string;
  /** What it is for, where it is made for a requirement. */
  requirements: string[];
  columns: readonly BoardColumn[];
  onClose: () => void;
}

/** Makes a card of a person, at the end of a column. */
export function NewCardDialog(props: NewCardProps): ReactElement {
  const { projectId, status, requirements, columns, onClose } = props;
  const client = useClient();
  const toasts = useToasts();
  const choices = useChoices(projectId, columns, null);
  const [draft, setDraft] = useState(() => emptyDraft(status, requirements));
  const create = useMutation({
    mutationFn: () => client.tasks.create(projectId, tidy(draft)),
    onSuccess: ({ id, key, title }) => {
      onClose();
      toasts.show({ id: `card-${id}`, tone: 'good', title: `${key} is on the board`, detail: title });
    },
  });
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!create.isPending) create.mutate();
  };
  const isAtAField = DRAFT_FIELDS.some((field) => cardFieldError(create.error, field) !== null);
  return (
    <Dialog title="New card" wide onClose={onClose}>
      <form className={styles.form} noValidate onSubmit={onSubmit}>
        <CardFields
          draft={draft}
          choices={choices}
          error={create.error}
          set={(field, value) => setDraft((now) => ({ ...now, [field]: value }))}
        />
        {create.error && !isAtAField && <ErrorNotice error={create.error} />}
        <div className={styles.foot}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={create.isPending}>
            Add card
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
