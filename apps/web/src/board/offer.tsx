import type { ReactElement } from 'react';
import { PencilLine, Sparkles } from 'lucide-react';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import type { Draft } from './draft.js';
import styles from './editor.module.css';
import type { Names } from './field-value.js';
import { FieldValue } from './field-value.js';
import type { DraftField, Task } from './words.js';
import { FIELD_NAMES } from './words.js';

/** A person's text stands where the generator's was. */
export function EditedMark(): ReactElement {
  return (
    <p className={styles.edited}>
      <PencilLine aria-hidden="true" /> Edited by a person
    </p>
  );
}

interface OfferProps {
  field: DraftField;
  offered: Partial<Draft>;
  names: Names;
  isBusy: boolean;
  onDecide: (action: 'accept' | 'dismiss') => void;
}

/** What the newest task set says in a field that a person has edited. */
export function Offer({ field, offered, names, isBusy, onDecide }: OfferProps): ReactElement {
  const name = FIELD_NAMES[field].toLowerCase();
  return (
    <div className={styles.offer} role="group" aria-label={`Offered for ${name}`}>
      <p className={styles.offerHead}>
        <Sparkles aria-hidden="true" /> The newest task set says
      </p>
      <FieldValue field={field} values={offered} names={names} />
      <div className={styles.row}>
        <Button small busy={isBusy} aria-label={`Accept the offered ${name}`} onClick={() => onDecide('accept')}>
          Accept
        </Button>
        <Button look="quiet" small aria-label={`Dismiss the offered ${name}`} onClick={() => onDecide('dismiss')}>
          Dismiss
        </Button>
      </div>
    </div>
  );
}

interface WholeOfferProps {
  suggestion: NonNullable<Task['suggestion']>;
  isBusy: boolean;
  onDecide: (action: 'accept' | 'dismiss') => void;
}

/** What the newest task set makes of a card that a person has edited, to be decided at once. */
export function WholeOffer({ suggestion, isBusy, onDecide }: WholeOfferProps): ReactElement {
  const count = Object.keys(suggestion.fields).length;
  const [accept, dismiss] = suggestion.vanished ? ['Take it off the board', 'Keep it'] : ['Accept all', 'Dismiss all'];
  return (
    <Notice
      tone={suggestion.vanished ? 'warn' : 'info'}
      actions={
        <>
          <Button small busy={isBusy} onClick={() => onDecide('accept')}>
            {accept}
          </Button>
          <Button small onClick={() => onDecide('dismiss')}>
            {dismiss}
          </Button>
        </>
      }
    >
      {suggestion.vanished
        ? 'No longer in the newest task set. It stayed because somebody has edited it.'
        : `The newest task set has other text for ${count === 1 ? 'one field' : `${count} fields`} that people have edited.`}
    </Notice>
  );
}
