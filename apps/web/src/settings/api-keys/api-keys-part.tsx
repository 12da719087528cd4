import type { ReactElement } from 'react';
import { useState } from 'react';
import type { Schemas } from '@planwright/client';
import { Plus } from 'lucide-react';
import { useNow } from '../../format/use-now.js';
import { Button } from '../../ui/button.js';
import { Empty, Loading } from '../../ui/notice.js';
import { useApiKeys } from '../queries.js';
import { ReadError } from '../read-error.js';
import { SecretDialog } from '../secret-dialog.js';
import styles from '../settings.module.css';
import { KeyRow } from './key-row.js';
import type { ApiKey } from './key-state.js';
import { keyState } from './key-state.js';
import { NewKeyDialog } from './new-key-dialog.js';
import { RevokeDialog, RotateDialog } from './key-dialogs.js';

type Open = { what: 'new' } | { what: 'rotate' | 'revoke'; key: ApiKey } | null;

/** The workspace's API keys: those that are good, and those that ended. */
export function ApiKeysPart(): ReactElement {
  const { data, error, refetch } = useApiKeys();
  const now = useNow(60_000);
  const [open, setOpen] = useState<Open>(null);
  const [issued, setIssued] = useState<Schemas['IssuedApiKey'] | null>(null);
  const close = () => setOpen(null);
  const show = (key: Schemas['IssuedApiKey']) => {
    setOpen(null);
    setIssued(key);
  };
  const good = data?.filter((key) => keyState(key, now) === 'good') ?? [];
  const ended = data?.filter((key) => keyState(key, now) !== 'good') ?? [];
  const rows = (keys: readonly ApiKey[]) => (
    <ul role="list" className={styles.lines}>
      {keys.map((key) => (
        <KeyRow key={key.id} apiKey={key} now={now} onAsk={(what) => setOpen({ what, key })} />
      ))}
    </ul>
  );
  return (
    <section className={styles.part}>
      <div className={styles.head}>
        <div>
          <h2>API keys</h2>
          <p className={styles.soft}>For programs, and for people where this installation asks for a key.</p>
        </div>
        {data && (
          <Button look="primary" onClick={() => setOpen({ what: 'new' })}>
            <Plus /> New key
          </Button>
        )}
      </div>
      {error && !data && <ReadError error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading what="the keys" />}
      {data && good.length === 0 && (
        <Empty title="No key is in use">
          <p>A key lets a program read or write this workspace, as far as its role goes.</p>
        </Empty>
      )}
      {good.length > 0 && rows(good)}
      {ended.length > 0 && (
        <details className={styles.more}>
          <summary>Revoked and expired ({ended.length})</summary>
          {rows(ended)}
        </details>
      )}
      {open?.what === 'new' && <NewKeyDialog onIssued={show} onClose={close} />}
      {open?.what === 'rotate' && <RotateDialog apiKey={open.key} onIssued={show} onClose={close} />}
      {open?.what === 'revoke' && <RevokeDialog apiKey={open.key} onClose={close} />}
      {issued && (
        <SecretDialog
          title={`Key “${issued.name}”`}
          name="API key"
          secret={issued.key}
          hint="Send it as Authorization: Bearer, and keep it out of pages and repositories."
          onClose={() => setIssued(null)}
        />
      )}
    </section>
  );
}
