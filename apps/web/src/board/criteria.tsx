import type { KeyboardEvent, ReactElement } from 'react';
import { useEffect, useId, useRef } from 'react';
import { Plus, X } from 'lucide-react';
import { Button } from '../ui/button.js';
import styles from './editor.module.css';

interface CriteriaProps {
  values: readonly string[];
  error: string | null;
  onChange: (values: string[]) => void;
}

const MOST = 20;

/** Acceptance criteria, one line each. Enter begins the next one. */
export function Criteria({ values, error, onChange }: CriteriaProps): ReactElement {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const focused = useRef<number | null>(null);
  useEffect(() => {
    if (focused.current === null) return;
    const fields = list.current?.querySelectorAll('textarea');
    const next = fields?.[Math.min(focused.current, fields.length - 1)];
    (next ?? list.current?.querySelector<HTMLElement>('[data-add]'))?.focus();
    focused.current = null;
  }, [values]);
  const add = (index: number) => {
    if (values.length >= MOST) return;
    focused.current = index;
    onChange(values.toSpliced(index, 0, ''));
  };
  const remove = (index: number) => {
    focused.current = Math.max(0, index - 1);
    onChange(values.toSpliced(index, 1));
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      add(index + 1);
    }
    if (event.key === 'Backspace' && values[index] === '') {
      event.preventDefault();
      remove(index);
    }
  };
  return (
    <div role="group" aria-labelledby={id} className={styles.criteria} ref={list}>
      <span id={id} className={styles.label}>
        Acceptance criteria
      </span>
      {values.map((value, index) => (
        <div key={index} className={styles.criterion}>
          <textarea
            aria-label={`Criterion ${index + 1}`}
            aria-invalid={error ? true : undefined}
            maxLength={1_000}
            rows={1}
            value={value}
            onChange={({ target }) => onChange(values.with(index, target.value))}
            onKeyDown={(event) => onKeyDown(event, index)}
          />
          <Button look="quiet" icon small aria-label={`Remove criterion ${index + 1}`} onClick={() => remove(index)}>
            <X />
          </Button>
        </div>
      ))}
      {error && <p className={styles.error}>{error}</p>}
      <div>
        <Button small data-add disabled={values.length >= MOST} onClick={() => add(values.length)}>
          <Plus /> Add criterion
        </Button>
      </div>
    </div>
  );
}
