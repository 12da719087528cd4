import type { ReactElement } from 'react';
import { useId } from 'react';
import styles from '../settings.module.css';
import type { EventName } from './webhook-state.js';
import { EVENTS } from './webhook-state.js';

interface EventChoiceProps {
  events: readonly EventName[];
  error: string | null;
  onChange: (events: readonly EventName[]) => void;
}

/** Which events a webhook is told of: everything, or some. */
export function EventChoice({ events, error, onChange }: EventChoiceProps): ReactElement {
  const id = useId();
  const isAll = events.includes('*');
  const toggle = (event: EventName, isOn: boolean) =>
    onChange(isOn ? [...events.filter((one) => one !== event), event] : events.filter((one) => one !== event));
  return (
    <fieldset className={styles.checks} aria-describedby={error ? id : undefined}>
      <legend>Is told when</legend>
      <label className={styles.wide}>
        <input type="checkbox" checked={isAll} onChange={(event) => onChange(event.target.checked ? ['*'] : [])} />
        Anything happens, also what later releases add
      </label>
      {EVENTS.map(({ event, title }) => (
        <label key={event} title={event}>
          <input
            type="checkbox"
            checked={isAll || events.includes(event)}
            disabled={isAll}
            onChange={(change) => toggle(event, change.target.checked)}
          />
          {title}
        </label>
      ))}
      {error && (
        <p id={id} className={`${styles.error} ${styles.wide}`}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
