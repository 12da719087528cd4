import type { ReactElement, ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import { LogOut, Monitor, Moon, SunMoon, Sun } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { useSession } from '../session/session.js';
import { Button } from '../ui/button.js';
import { Menu, MenuItem, MenuLine } from '../ui/menu.js';
import { OfflineBanner } from './offline-banner.js';
import { chooseTheme } from './theme.js';
import styles from './shell.module.css';

/** What every screen has around it. */
export function Shell({ children }: { children: ReactNode }): ReactElement {
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  useFocusOnNewScreen(path, main);
  return (
    <>
      <a className={styles.skip} href="#main" data-print="no" onClick={() => main.current?.focus()}>
        Skip to content
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <Link href="/" className={styles.brand} aria-label="Planwright, all projects">
            <img src="/favicon.svg" alt="" width="24" height="24" />
            <span>Planwright</span>
          </Link>
          <nav className={styles.nav} aria-label="Workspace">
            <NavLink href="/" isHere={path === '/' || path.startsWith('/projects')}>
              Projects
            </NavLink>
            <NavLink href="/usage" isHere={path.startsWith('/usage')}>
              Usage
            </NavLink>
            <NavLink href="/settings" isHere={path.startsWith('/settings')}>
              Settings
            </NavLink>
          </nav>
          <PageMenu />
        </div>
      </header>
      <OfflineBanner />
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        {children}
      </main>
    </>
  );
}

function NavLink({ href, isHere, children }: { href: string; isHere: boolean; children: ReactNode }): ReactElement {
  return (
    <Link href={href} aria-current={isHere ? 'page' : undefined}>
      {children}
    </Link>
  );
}

function PageMenu(): ReactElement {
  const { hasKey, signOut } = useSession();
  return (
    <Menu
      trigger={
        <Button look="quiet" icon aria-label="Appearance and session">
          <SunMoon />
        </Button>
      }
    >
      <MenuItem onSelect={() => chooseTheme('system')}>
        <Monitor /> As the system
      </MenuItem>
      <MenuItem onSelect={() => chooseTheme('light')}>
        <Sun /> Light
      </MenuItem>
      <MenuItem onSelect={() => chooseTheme('dark')}>
        <Moon /> Dark
      </MenuItem>
      {hasKey && (
        <>
          <MenuLine />
          <MenuItem onSelect={signOut}>
            <LogOut /> Sign out
          </MenuItem>
        </>
      )}
    </Menu>
  );
}

/** After a link was followed the keyboard goes on in the new screen, and a screen reader begins there. */
function useFocusOnNewScreen(path: string, main: { current: HTMLElement | null }): void {
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
    if (location.hash === '') scrollTo(0, 0);
  }, [path, main]);
}
