import type { ReactElement } from 'react';
import { useNames } from '../project/use-names.js';
import { Button } from '../ui/button.js';
import { toggled } from './toggled.js';
import styles from './regenerate.module.css';

interface CascadeFieldProps {
  sections: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Which of the sections that used one are written anew after it. */
export function CascadeField({ sections, chosen, onChange }: CascadeFieldProps): ReactElement {
  const names = useNames();
  const isAll = chosen.length === sections.length;
  return (
    <fieldset className={styles.choices}>
      <legend>Regenerate as well, because they used it</legend>
      <div className={styles.checks}>
        {sections.map((id) => (
          <label key={id} className={styles.check}>
            <input type="checkbox" checked={chosen.includes(id)} onChange={() => onChange(toggled(chosen, id))} />
            {names.section(id)}
          </label>
        ))}
      </div>
      {sections.length > 1 && (
        <Button look="quiet" small onClick={() => onChange(isAll ? [] : [...sections])}>
          {isAll ? 'Choose none' : 'Choose all'}
        </Button>
      )}
    </fieldset>
  );
}
