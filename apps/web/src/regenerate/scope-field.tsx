import type { ReactElement } from 'react';
import { useId } from 'react';
import { madeFrom } from '../project/names.js';
import { useBlueprints } from '../project/queries.js';
import { useNames } from '../project/use-names.js';
import styles from './regenerate.module.css';

interface ScopeFieldProps {
  kind: string;
  downstream: boolean;
  onChange: (downstream: boolean) => void;
}

/** Whether a document alone is written anew, or all that is made from it too: `PRD only`, `PRD + Tech + Tasks`. */
export function ScopeField({ kind, downstream, onChange }: ScopeFieldProps): ReactElement | null {
  const names = useNames();
  const group = useId();
  const made = madeFrom(kind, useBlueprints().data ?? []);
  if (made.length === 0) return null;
  const scopes = [
    { value: false, label: `${names.short(kind)} only` },
    { value: true, label: [kind, ...made].map(names.short).join(' + ') },
  ];
  return (
    <fieldset className={styles.choices}>
      <legend>What to regenerate</legend>
      <div className={styles.checks}>
        {scopes.map(({ value, label }) => (
          <label key={label} className={styles.check}>
            <input type="radio" name={group} checked={downstream === value} onChange={() => onChange(value)} />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
