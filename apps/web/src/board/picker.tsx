import type { KeyboardEvent, ReactElement } from 'react';
import { useId, useState } from 'react';
import { X } from 'lucide-react';
import { Button } from '../ui/button.js';
import styles from './picker.module.css';
import type { Option } from './options.js';
import { searchOptions } from './options.js';

interface PickerProps {
  /** What one of them is called: `card`, `label`. */
  noun: string;
  options: readonly Option[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  /** What is not among the options can be chosen as well, by writing it. */
  allowsNew?: boolean;
  nameOf?: (value: string) => string;
  most: number;
  /** Where there is no room below, as at the end of a dialog. */
  opensUp?: boolean;
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
}

const SHOWN = 8;

/** Several things, found by search and shown with a cross each. Arrows and Enter choose, Escape closes the list. */
export function Picker(props: PickerProps): ReactElement {
  const {
    noun,
    options,
    chosen,
    onChange,
    allowsNew = false,
    nameOf = (value) => value,
    most,
    opensUp = false,
    ...field
  } = props;
  const [text, setText] = useState('');
  const [isOpen, setIsOpen] = useState(false);
  /** None, until something is written or an arrow pressed. */
  const [active, setActive] = useState(-1);
  const list = useId();
  const isFull = chosen.length >= most;
  const found = searchOptions(
    options.filter(({ value }) => !chosen.includes(value)),
    text,
    SHOWN,
  );
  const written = text.trim();
  const isNew = allowsNew && written !== '' && !chosen.includes(written) && !found.some(({ name }) => name === written);
  const shown = isNew ? [...found, { value: written, name: `Add “${written}”`, detail: '' }] : found;
  const isShown = isOpen && !isFull && shown.length > 0;
  const choose = (value: string) => {
    onChange([...chosen, value]);
    setText('');
    setIsOpen(false);
    setActive(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      setIsOpen(true);
      setActive(active < 0 && step < 0 ? shown.length - 1 : (active + step + shown.length) % Math.max(1, shown.length));
    } else if (event.key === 'Enter') {
      const option = isShown ? shown[active] : undefined;
      if (option) choose(option.value);
    } else if (event.key === 'Escape' && isShown) {
      setIsOpen(false);
    } else if (event.key === 'Backspace' && text === '' && chosen.length > 0) {
      onChange(chosen.slice(0, -1));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={styles.picker}>
      {chosen.length > 0 && (
        <ul role="list" className={styles.chosen}>
          {chosen.map((value) => (
            <li key={value} className={styles.chip}>
              <span>{nameOf(value)}</span>
              <Button
                look="quiet"
                icon
                small
                aria-label={`Remove ${noun} ${nameOf(value)}`}
                onClick={() => onChange(chosen.filter((one) => one !== value))}
              >
                <X />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.at}>
        <input
          {...field}
          role="combobox"
          autoComplete="off"
          aria-expanded={isShown}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={isShown && active >= 0 ? `${list}-${active}` : undefined}
          disabled={isFull}
          placeholder={isFull ? `${most} at most` : `Find a ${noun}${allowsNew ? ', or write one' : ''}`}
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            setIsOpen(true);
            setActive(target.value === '' ? -1 : 0);
          }}
          onFocus={() => setIsOpen(true)}
          onClick={() => setIsOpen(true)}
          onBlur={() => setIsOpen(false)}
          onKeyDown={onKeyDown}
        />
        <ul
          data-up={opensUp || undefined}
          id={list}
          role="listbox"
          aria-label={`Found: ${noun}`}
          className={styles.list}
          hidden={!isShown}
        >
          {shown.map((option, index) => (
            <li
              key={option.value}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === active}
              className={styles.option}
              // Before the field loses the focus, and with it its list.
              onMouseDown={(event) => {
                event.preventDefault();
                choose(option.value);
              }}
            >
              <span className={styles.name}>{option.name}</span>
              {option.detail && <span className={styles.detail}>{option.detail}</span>}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
