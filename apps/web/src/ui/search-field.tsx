import type { ReactElement } from 'react';
import { Search } from 'lucide-react';
import styles from './search-field.module.css';

/** What the server searches for at most; nobody types more. */
const MOST_CHARACTERS = 200;

/** A box to search by. `label` says what is found by it; `className` is how wide it may be. */
export function SearchField(props: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  className?: string | undefined;
}): ReactElement {
  const { label, placeholder, value, onChange, className = '' } = props;
  return (
    <div className={`${styles.search} ${className}`}>
      <Search aria-hidden="true" />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        maxLength={MOST_CHARACTERS}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  );
}
