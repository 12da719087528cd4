import type { ReactElement } from 'react';
import { Search } from 'lucide-react';
import styles from './search-field.module.css';

/** A box to search what is on the page. `label` says what is found by it; `className` is how wide it may be. */
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
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  );
}
