import type { ReactElement } from 'react';
import { Ellipsis, KeyRound, RotateCw, Trash2 } from 'lucide-react';
import { Ago } from '../../format/ago.js';
import { formatInstant } from '../../format/time.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Menu, MenuItem } from '../../ui/menu.js';
import styles from '../settings.module.css';
import type { ApiKey } from './key-state.js';
import { keyState, ROLES } from './key-state.js';

interface KeyRowProps {
  apiKey: ApiKey;
  now: number;
  onAsk: (what: 'rotate' | 'revoke') => void;
}

/** One key with what is known of it; never the key itself. */
export function KeyRow({ apiKey, now, onAsk }: KeyRowProps): ReactElement {
  const { name, role, prefix, previous_expires_at: previous } = apiKey;
  const state = keyState(apiKey, now);
  return (
    <li className={styles.line}>
      <KeyRound aria-hidden="true" className={styles.mark} />
      <div>
        <p className={styles.name}>
          <strong>{name}</strong>
          <Badge>{ROLES.find((one) => one.role === role)?.title ?? role}</Badge>
          {state === 'revoked' && <Badge tone="bad">Revoked</Badge>}
          {state === 'expired' && <Badge tone="warn">Expired</Badge>}
        </p>
        <p className={styles.soft}>
          {prefix === null ? 'From the configuration' : <code>{prefix}_…</code>} · made <Ago at={apiKey.created_at} /> ·{' '}
          {apiKey.last_used_at === null ? (
            'never used'
          ) : (
            <>
              last used <Ago at={apiKey.last_used_at} />
            </>
          )}
          {apiKey.expires_at !== null && state === 'good' && ` · good until ${formatInstant(apiKey.expires_at)}`}
        </p>
        {state === 'good' && previous !== null && Date.parse(previous) > now && (
          <p className={styles.soft}>The secret before the last rotation is good until {formatInstant(previous)}.</p>
        )}
      </div>
      {state === 'good' && (
        <Menu
          trigger={
            <Button look="quiet" icon small aria-label={`What to do with key ${name}`}>
              <Ellipsis />
            </Button>
          }
        >
          <MenuItem onSelect={() => onAsk('rotate')}>
            <RotateCw /> Rotate…
          </MenuItem>
          <MenuItem onSelect={() => onAsk('revoke')}>
            <Trash2 /> Revoke…
          </MenuItem>
        </Menu>
      )}
    </li>
  );
}
