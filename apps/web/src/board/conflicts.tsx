import type { ReactElement } from 'react';
import { useEffect, useId, useRef } from 'react';
import type { Conflict } from './draft.js';
import styles from './editor.module.css';
import type { Names } from './field-value.js';
import { FieldValue } from './field-value.js';
import type { DraftField } from './words.js';
import { FIELD_NAMES } from './words.js';

interface ConflictsProps {
  conflicts: readonly Conflict[];
  names: Names;
  onChoose: (field: DraftField, choice: 'mine' | 'theirs') => void;
}

/** Both sides of every field that two people have changed, and a choice for each. */
export function Conflicts({ conflicts, names, onChoose }: ConflictsProps): ReactElement {
  const section = useRef<HTMLElement>(null);
  // Whoever saves, or asks for the changes of others, goes on here.
  useEffect(() => section.current?.querySelector('input')?.focus(), []);
  return (
    <section ref={section} className={styles.conflicts} aria-label="Changed by two people">
      <p role="alert">
        Somebody else changed this card while you did. Nothing is lost: choose for each field, then save again.
      </p>
      {conflicts.map((conflict) => (
        <OneConflict key={conflict.field} conflict={conflict} names={names} onChoose={onChoose} />
      ))}
    </section>
  );
}

function OneConflict({
  conflict: { field, mine, theirs, choice },
  names,
  onChoose,
}: {
  conflict: Conflict;
  names: Names;
  onChoose: ConflictsProps['onChoose'];
}): ReactElement {
  const group = useId();
  const sides = [
    { side: 'mine', label: 'Keep mine', values: mine },
    { side: 'theirs', label: 'Take theirs', values: theirs },
  ] as const;
  return (
    <fieldset className={styles.conflict}>
      <legend>{FIELD_NAMES[field]}</legend>
      {sides.map(({ side, label, values }) => (
        <div key={side} className={styles.side} data-chosen={choice === side || undefined}>
          <label>
            <input type="radio" name={group} checked={choice === side} onChange={() => onChoose(field, side)} />
            {label}
          </label>
          <FieldValue field={field} values={values} names={names} />
        </div>
      ))}
    </fieldset>
  );
}
