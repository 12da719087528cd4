import type { ReactElement, ReactNode } from 'react';
import { Field } from '../ui/field.js';
import type { ColumnName } from './card-menu.js';
import { Criteria } from './criteria.js';
import { cardFieldError } from './dependencies.js';
import type { Draft } from './draft.js';
import styles from './editor.module.css';
import type { Option } from './options.js';
import { Picker } from './picker.js';
import type { DraftField, Priority, TaskType } from './words.js';
import { FIELD_NAMES, PRIORITIES, TYPES } from './words.js';

/** What a card's fields can be filled with. */
export interface Choices {
  columns: readonly ColumnName[];
  cards: readonly Option[];
  labels: readonly Option[];
  requirements: readonly Option[];
  /** The name of a card, whether or not it is on the board. */
  cardOf: (id: string) => string;
}

interface CardFieldsProps {
  draft: Draft;
  choices: Choices;
  error: unknown;
  /** What is said beside a field: that it was edited, or what is offered for it. */
  besideOf?: (field: DraftField) => ReactNode;
  set: <Name extends DraftField>(field: Name, value: Draft[Name]) => void;
}

/** All fields of a card: its text, and beside it its facts. */
export function CardFields({ draft, choices, error, besideOf = () => null, set }: CardFieldsProps): ReactElement {
  const errorOf = (field: DraftField) => cardFieldError(error, field);
  return (
    <div className={styles.fields}>
      <div className={styles.text}>
        <Beside note={besideOf('title')}>
          <Field label={FIELD_NAMES.title} error={errorOf('title')}>
            <textarea
              className={styles.title}
              rows={1}
              maxLength={200}
              required
              value={draft.title}
              onChange={({ target }) => set('title', target.value.replace(/\n/g, ' '))}
            />
          </Field>
        </Beside>
        <Beside note={besideOf('description')}>
          <Field label={FIELD_NAMES.description} error={errorOf('description')}>
            <textarea
              className={styles.description}
              rows={6}
              maxLength={8_000}
              value={draft.description}
              onChange={({ target }) => set('description', target.value)}
            />
          </Field>
        </Beside>
        <Beside note={besideOf('acceptance_criteria')}>
          <Criteria
            values={draft.acceptance_criteria}
            error={errorOf('acceptance_criteria')}
            onChange={(values) => set('acceptance_criteria', values)}
          />
        </Beside>
      </div>
      <Facts {...{ draft, choices, besideOf, set, errorOf }} />
    </div>
  );
}

interface FactsProps extends Required<Pick<CardFieldsProps, 'draft' | 'choices' | 'besideOf' | 'set'>> {
  errorOf: (field: DraftField) => string | null;
}

function Facts({ draft, choices, besideOf, set, errorOf }: FactsProps): ReactElement {
  return (
    <div className={styles.factsList}>
      <Beside note={besideOf('status')}>
        <Field label={FIELD_NAMES.status} error={errorOf('status')}>
          <select value={draft.status} onChange={({ target }) => set('status', target.value)}>
            {choices.columns.map(({ key, title }) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        </Field>
      </Beside>
      <Beside note={besideOf('type')}>
        <Field label={FIELD_NAMES.type} error={errorOf('type')}>
          <select value={draft.type} onChange={({ target }) => set('type', target.value as TaskType)}>
            <Names names={TYPES} />
          </select>
        </Field>
      </Beside>
      <Beside note={besideOf('priority')}>
        <Field label={FIELD_NAMES.priority} error={errorOf('priority')}>
          <select value={draft.priority} onChange={({ target }) => set('priority', target.value as Priority)}>
            <Names names={PRIORITIES} />
          </select>
        </Field>
      </Beside>
      <Beside note={besideOf('estimate')}>
        <Field label={`${FIELD_NAMES.estimate}, points`} error={errorOf('estimate')}>
          <input
            type="number"
            inputMode="numeric"
            min={0}
            max={1_000}
            step={1}
            value={draft.estimate ?? ''}
            onChange={({ target }) => set('estimate', Number.isNaN(target.valueAsNumber) ? null : target.valueAsNumber)}
          />
        </Field>
      </Beside>
      <Beside isWhole note={besideOf('labels')}>
        <Field label={FIELD_NAMES.labels} error={errorOf('labels')}>
          <Picker
            noun="label"
            allowsNew
            most={10}
            options={choices.labels}
            chosen={draft.labels}
            onChange={(labels) => set('labels', labels)}
          />
        </Field>
      </Beside>
      <Beside isWhole note={besideOf('dependencies')}>
        <Field label={FIELD_NAMES.dependencies} error={errorOf('dependencies')}>
          <Picker
            noun="card"
            most={30}
            options={choices.cards}
            nameOf={choices.cardOf}
            chosen={draft.dependencies}
            onChange={(dependencies) => set('dependencies', dependencies)}
          />
        </Field>
      </Beside>
      <Beside isWhole note={besideOf('requirements')}>
        <Field label={FIELD_NAMES.requirements} error={errorOf('requirements')}>
          <Picker
            noun="requirement"
            opensUp
            allowsNew
            most={20}
            options={choices.requirements}
            chosen={draft.requirements}
            onChange={(requirements) => set('requirements', requirements)}
          />
        </Field>
      </Beside>
    </div>
  );
}

function Names({ names }: { names: Record<string, string> }): ReactElement {
  return (
    <>
      {Object.entries(names).map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </>
  );
}

interface BesideProps {
  note: ReactNode;
  /** Takes the whole width, where others stand in pairs. */
  isWhole?: boolean;
  children: ReactNode;
}

function Beside({ note, isWhole = false, children }: BesideProps): ReactElement {
  return (
    <div className={isWhole ? `${styles.beside} ${styles.whole}` : styles.beside}>
      {children}
      {note}
    </div>
  );
}
