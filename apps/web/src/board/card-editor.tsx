import type { ReactElement, SyntheticEvent } from 'react';
import { Trash2 } from 'lucide-react';
import { Ago } from '../format/ago.js';
import { Button } from '../ui/button.js';
import { ErrorNotice, Notice } from '../ui/notice.js';
import { CardFields } from './card-fields.js';
import type { Choices } from './card-fields.js';
import { OriginMark } from './card.js';
import { Conflicts } from './conflicts.js';
import { cardFieldError } from './dependencies.js';
import styles from './editor.module.css';
import { EditedMark, Offer, WholeOffer } from './offer.js';
import { useCardEdit } from './use-card-edit.js';
import type { DraftField, Task } from './words.js';
import { DRAFT_FIELDS, namesOf } from './words.js';

interface CardEditorProps {
  /** The card as it is now; it may change while it is edited. */
  card: Task;
  choices: Choices;
  isDeleting: boolean;
  onDelete: () => void;
  onSaved: (card: Task) => void;
  onClose: () => void;
}

/** Edits a card: its fields, what is offered for them, and what others change meanwhile. */
export function CardEditor(props: CardEditorProps): ReactElement {
  const { card, choices, isDeleting, onDelete, onSaved, onClose } = props;
  const edit = useCardEdit(card, onSaved);
  const { base, save, decide } = edit;
  const columnOf = (key: string) => choices.columns.find((one) => one.key === key)?.title ?? key;
  const names = { cardOf: choices.cardOf, columnOf };
  const isOff = card.deleted_at !== null || card.retired_at !== null;
  const onSubmit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!edit.isUndecided && !save.isPending) save.mutate();
  };
  const offered = base.suggestion?.fields ?? {};
  const besideOf = (field: DraftField) => (
    <>
      {base.edited_fields.includes(field) && <EditedMark />}
      {field !== 'status' && field in offered && (
        <Offer
          field={field}
          offered={offered}
          names={names}
          isBusy={decide.isPending}
          onDecide={(action) => decide.mutate({ action, fields: [field] })}
        />
      )}
    </>
  );
  return (
    <form className={styles.form} noValidate onSubmit={onSubmit}>
      <div className={styles.meta}>
        <span className={styles.mark}>
          <OriginMark task={base} />
        </span>
        <span>
          Changed <Ago at={card.updated_at} />
        </span>
      </div>
      {base.suggestion && (
        <WholeOffer
          suggestion={base.suggestion}
          isBusy={decide.isPending}
          onDecide={(action) => decide.mutate({ action })}
        />
      )}
      {decide.error && <ErrorNotice error={decide.error} />}
      {edit.conflicts.length > 0 && <Conflicts conflicts={edit.conflicts} names={names} onChoose={edit.choose} />}
      {edit.changedByOthers.length > 0 && edit.conflicts.length === 0 && edit.touched.length > 0 && (
        <Notice
          tone="warn"
          actions={
            <Button small onClick={edit.takeNewest}>
              Show their changes
            </Button>
          }
        >
          Somebody else has changed this card while you edit it: {namesOf(edit.changedByOthers)}. What you typed is
          kept.
        </Notice>
      )}
      <CardFields draft={edit.draft} choices={choices} error={save.error} besideOf={besideOf} set={edit.set} />
      {save.error && !isAtAField(save.error) && <ErrorNotice error={save.error} />}
      <div className={styles.foot}>
        <Button data-apart look="danger" busy={isDeleting} disabled={isOff} onClick={onDelete}>
          <Trash2 /> Delete
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          type="submit"
          look="primary"
          busy={save.isPending}
          disabled={isOff || edit.isUndecided || edit.touched.length === 0}
        >
          Save
        </Button>
      </div>
    </form>
  );
}

const isAtAField = (error: unknown) => DRAFT_FIELDS.some((field) => cardFieldError(error, field) !== null);
