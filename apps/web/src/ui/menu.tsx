import type { ReactElement, ReactNode } from 'react';
import { createContext, useContext, useRef } from 'react';
import { ChevronRight } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { Link } from 'wouter';
import styles from './menu.module.css';

interface MenuProps {
  /** One `Button`. */
  trigger: ReactElement;
  /** For a menu that is made when somebody asks for it. */
  startsOpen?: boolean;
  children: ReactNode;
}

/** Does something once the menu is closed and its button has the focus again: a dialog gives it back to there. */
const AfterClose = createContext<(act: () => void) => void>((act) => act());

/** A button that opens a menu; arrows, letters and Escape do what they do in menus. */
export function Menu({ trigger, startsOpen = false, children }: MenuProps): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  const chosen = useRef<(() => void) | null>(null);
  const onClosed = (event: Event) => {
    const act = chosen.current;
    chosen.current = null;
    if (act === null) return;
    event.preventDefault();
    button.current?.focus();
    act();
  };
  return (
    <AfterClose value={(act) => (chosen.current = act)}>
      <DropdownMenu.Root modal={false} defaultOpen={startsOpen}>
        <DropdownMenu.Trigger asChild ref={button}>
          {trigger}
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            className={styles.menu}
            align="end"
            sideOffset={6}
            collisionPadding={8}
            onCloseAutoFocus={onClosed}
          >
            {children}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </AfterClose>
  );
}

interface MenuItemProps {
  onSelect: () => void;
  disabled?: boolean;
  children: ReactNode;
}

export function MenuItem({ onSelect, disabled = false, children }: MenuItemProps): ReactElement {
  const afterClose = useContext(AfterClose);
  return (
    <DropdownMenu.Item className={styles.item} disabled={disabled} onSelect={() => afterClose(onSelect)}>
      {children}
    </DropdownMenu.Item>
  );
}

/** An item that goes somewhere. */
export function MenuLink({ href, children }: { href: string; children: ReactNode }): ReactElement {
  return (
    <DropdownMenu.Item asChild>
      <Link href={href} className={styles.item}>
        {children}
      </Link>
    </DropdownMenu.Item>
  );
}

/** An item that opens a menu of its own beside it. */
export function SubMenu({ label, children }: { label: ReactNode; children: ReactNode }): ReactElement {
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className={styles.item}>
        {label}
        <ChevronRight className={styles.more} />
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal>
        <DropdownMenu.SubContent className={styles.menu} sideOffset={2} alignOffset={-4} collisionPadding={8}>
          {children}
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  );
}

export function MenuLabel({ children }: { children: ReactNode }): ReactElement {
  return <DropdownMenu.Label className={styles.label}>{children}</DropdownMenu.Label>;
}

export function MenuLine(): ReactElement {
  return <DropdownMenu.Separator className={styles.line} />;
}
