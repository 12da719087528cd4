import type { ReactElement } from 'react';
import { useId, useState } from 'react';
import { ListFilter, X } from 'lucide-react';
import { Button } from '../ui/button.js';
import { SearchField } from '../ui/search-field.js';
import styles from './filters.module.css';
import type { Filters } from './filters.js';
import { countFilters, NO_FILTERS } from './filters.js';
import { ORIGINS, PRIORITIES, TYPES } from './words.js';

interface FilterBarProps {
  filters: Filters;
  labels: readonly string[];
  onChange: (filters: Filters) => void;
}

/** What a board shows. On a narrow screen all but the search are behind a button. */
export function FilterBar({ filters, labels, onChange }: FilterBarProps): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const more = useId();
  const set = (change: Partial<Filters>) => onChange({ ...filters, ...change });
  const count = countFilters({ ...filters, text: '' });
  return (
    <search className={styles.bar} aria-label="Cards">
      <SearchField
        label="Search cards"
        placeholder="Search cards"
        value={filters.text}
        onChange={(text) => set({ text })}
        className={styles.search}
      />
      <div className={styles.toggle}>
        <Button aria-expanded={isOpen} aria-controls={more} onClick={() => setIsOpen(!isOpen)}>
          <ListFilter /> Filters{count > 0 && ` (${count})`}
        </Button>
      </div>
      <div id={more} className={styles.more} data-open={isOpen || undefined}>
        <Choice name="Type" values={TYPES} value={filters.type} onChange={(type) => set({ type })} />
        <Choice
          name="Priority"
          values={PRIORITIES}
          value={filters.priority}
          onChange={(priority) => set({ priority })}
        />
        <Choice
          name="Label"
          values={Object.fromEntries([...labels, ...(filters.label ? [filters.label] : [])].map((one) => [one, one]))}
          value={filters.label}
          onChange={(label) => set({ label })}
        />
        <Choice name="Written by" values={ORIGINS} value={filters.origin} onChange={(origin) => set({ origin })} />
        <Toggle
          name="Has suggestion"
          isOn={filters.hasSuggestion}
          onChange={(hasSuggestion) => set({ hasSuggestion })}
        />
        <Toggle
          name="No requirement"
          isOn={filters.noRequirement}
          onChange={(noRequirement) => set({ noRequirement })}
        />
        {filters.feature && (
          <Button small onClick={() => set({ feature: null })}>
            One feature <X aria-label="no longer" />
          </Button>
        )}
        {countFilters(filters) > 0 && (
          <Button look="quiet" small onClick={() => onChange(NO_FILTERS)}>
            Clear filters
          </Button>
        )}
      </div>
    </search>
  );
}

interface ChoiceProps<Value extends string> {
  name: string;
  values: Record<Value, string>;
  value: Value | null;
  onChange: (value: Value | null) => void;
}

function Choice<Value extends string>({ name, values, value, onChange }: ChoiceProps<Value>): ReactElement {
  return (
    <select
      aria-label={name}
      className={styles.choice}
      data-on={value !== null || undefined}
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value === '' ? null : (target.value as Value))}
    >
      <option value="">{name}</option>
      {Object.entries<string>(values).map(([key, title]) => (
        <option key={key} value={key}>
          {title}
        </option>
      ))}
    </select>
  );
}

function Toggle({
  name,
  isOn,
  onChange,
}: {
  name: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}): ReactElement {
  return (
    <label className={styles.check} data-on={isOn || undefined}>
      <input type="checkbox" checked={isOn} onChange={({ target }) => onChange(target.checked)} />
      {name}
    </label>
  );
}
