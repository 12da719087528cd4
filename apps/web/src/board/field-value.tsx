import type { ReactElement } from 'react';
import type { Draft } from './draft.js';
import styles from './editor.module.css';
import type { DraftField } from './words.js';
import { PRIORITIES, TYPES } from './words.js';

/** Names of things a card points to. */
export interface Names {
  cardOf: (id: string) => string;
  columnOf: (key: string) => string;
}

interface FieldValueProps {
  field: DraftField;
  values: Partial<Draft>;
  names: Names;
}

/** What a field holds, to be read. */
export function FieldValue({ field, values, names }: FieldValueProps): ReactElement {
  const lines = linesOf(field, values, names);
  if (lines.length === 0) return <p className={styles.nothing}>Nothing</p>;
  if (field !== 'acceptance_criteria') return <p className={styles.value}>{lines.join(', ')}</p>;
  return (
    <ul className={styles.value}>
      {lines.map((line, index) => (
        <li key={index}>{line}</li>
      ))}
    </ul>
  );
}

function linesOf(field: DraftField, values: Partial<Draft>, { cardOf, columnOf }: Names): readonly string[] {
  switch (field) {
    case 'title':
    case 'description':
      return [values[field] ?? ''].filter(Boolean);
    case 'status':
      return values.status === undefined ? [] : [columnOf(values.status)];
    case 'type':
      return values.type === undefined ? [] : [TYPES[values.type]];
    case 'priority':
      return values.priority === undefined ? [] : [PRIORITIES[values.priority]];
    case 'estimate':
      return values.estimate == null ? [] : [`${values.estimate} points`];
    case 'dependencies':
      return (values.dependencies ?? []).map(cardOf);
    case 'acceptance_criteria':
    case 'labels':
    case 'requirements':
      return values[field] ?? [];
  }
}
