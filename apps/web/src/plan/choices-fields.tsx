import type { ReactElement } from 'react';
import { useId } from 'react';
import type { RunChoices } from './run-choices.js';
import { nameOfKind, PLAN, withDocument } from './run-choices.js';
import styles from './choices.module.css';

interface ChoicesFieldsProps {
  choices: RunChoices;
  onChange: (choices: RunChoices) => void;
}

const MODES = [
  { mode: 'detailed', title: 'Detailed', about: 'A full PRD of twelve sections, ready to build from.' },
  { mode: 'draft', title: 'Draft', about: 'Seven short sections with open questions. Quick and cheap.' },
] as const;

const ABOUT: Readonly<Record<string, string>> = {
  prd: 'What to build, for whom and why',
  tech_spec: 'How to build it',
  task_set: 'A board of tasks',
};

/** How thorough a plan is, and which documents it has. */
export function ChoicesFields({ choices, onChange }: ChoicesFieldsProps): ReactElement {
  const name = useId();
  return (
    <>
      <fieldset className={styles.set}>
        <legend>How thorough</legend>
        <div className={styles.options}>
          {MODES.map(({ mode, title, about }) => (
            <label key={mode} className={styles.option}>
              <input
                type="radio"
                name={name}
                value={mode}
                checked={choices.mode === mode}
                onChange={() => onChange({ ...choices, mode })}
              />
              <span>
                {title}
                <small>{about}</small>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset className={styles.set}>
        <legend>What to write</legend>
        <div className={styles.options}>
          {PLAN.map((kind) => (
            <label key={kind} className={styles.option}>
              <input
                type="checkbox"
                checked={choices.documents.includes(kind)}
                disabled={kind === 'prd'}
                onChange={({ target }) =>
                  onChange({ ...choices, documents: withDocument(choices.documents, kind, target.checked) })
                }
              />
              <span>
                {nameOfKind(kind)}
                <small>{ABOUT[kind]}</small>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
    </>
  );
}
