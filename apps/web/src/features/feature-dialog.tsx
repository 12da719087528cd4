import type { ReactElement, SyntheticEvent } from 'react';
import { useRef, useState } from 'react';
import { formatNumber } from '../format/numbers.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { descriptionError, MOST_CHARACTERS } from './feature-words.js';
import styles from './features.module.css';

interface FeatureDialogProps {
  text: string;
  onSubmit: (text: string) => void;
  onClose: (text: string) => void;
}

/** Asks what a feature is. It is closed as soon as it is sent: all that follows is told by a toast. */
export function FeatureDialog({ text: given, onSubmit, onClose }: FeatureDialogProps): ReactElement {
  const [text, setText] = useState(given);
  const [isAsked, setIsAsked] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const error = descriptionError(text);
  const onSend = (event: SyntheticEvent) => {
    event.preventDefault();
    if (error === null) return onSubmit(text);
    setIsAsked(true);
    field.current?.focus();
  };
  const isOver = text.length > MOST_CHARACTERS;
  return (
    <Dialog title="Add feature" onClose={() => onClose(text)}>
      <form className={styles.form} noValidate onSubmit={onSend}>
        <Field
          label="Description"
          hint="A few sentences are enough: who it is for, and what they can do then. A short spec and 3 to 8 cards are made from it."
          error={isAsked || isOver ? error : null}
        >
          <textarea
            ref={field}
            className={styles.description}
            rows={7}
            placeholder="Members swap slots with each other without asking the caretaker."
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </Field>
        <p className={styles.counter} data-over={isOver || undefined}>
          {formatNumber(text.length)} / {formatNumber(MOST_CHARACTERS)}
          <span className="visually-hidden"> characters</span>
        </p>
        <DialogActions>
          <Button onClick={() => onClose(text)}>Cancel</Button>
          <Button type="submit" look="primary">
            Add feature
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
