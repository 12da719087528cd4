import type { ComponentProps, ReactElement } from 'react';
import { Link } from 'wouter';
import { Spinner } from './spinner.js';
import styles from './button.module.css';

interface Look {
  /** `primary`: the one thing a screen is for. Default: plain. */
  look?: 'plain' | 'primary' | 'quiet' | 'danger';
  small?: boolean;
  /** Shows an icon alone: the button then needs an `aria-label`. */
  icon?: boolean;
}

const classOf = ({ look = 'plain', small, icon }: Look) =>
  [styles.button, styles[look], small && styles.small, icon && styles.icon].filter(Boolean).join(' ');

/** A button. While `busy` it shows that it works, keeps its focus and does nothing more. */
export function Button({
  look,
  small,
  icon,
  busy = false,
  children,
  onClick,
  ...rest
}: ComponentProps<'button'> & Look & { busy?: boolean }): ReactElement {
  return (
    <button
      type="button"
      {...rest}
      className={classOf({ look, small, icon })}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy && <Spinner />}
      {!(busy && icon) && children}
    </button>
  );
}

/** A link that looks like a button: it goes somewhere and changes nothing. */
export function ButtonLink({ look, small, icon, ...rest }: ComponentProps<typeof Link> & Look): ReactElement {
  return <Link {...rest} className={classOf({ look, small, icon })} />;
}
