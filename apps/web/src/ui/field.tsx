import type { ReactElement } from 'react';
import { cloneElement, useId } from 'react';
import styles from './field.module.css';

interface FieldProps {
  label: string;
  hint?: string;
  /** What is wrong with it, and what to do. */
  error?: string | null;
  /** One `input`, `select` or `textarea`. */
  children: ReactElement<{ id?: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }>;
}

/** A control of a form with its name, and what is wrong with what it holds. */
export function Field({ label, hint, error, children }: FieldProps): ReactElement {
  const id = useId();
  const about = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {cloneElement(children, {
        id,
        ...(about && { 'aria-describedby': about }),
        ...(error && { 'aria-invalid': true }),
      })}
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </div>
  );
}
