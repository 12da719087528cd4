import type { ReactElement } from 'react';
import { useState } from 'react';
import { Plus } from 'lucide-react';
import { Button } from '../../ui/button.js';
import { Empty, Loading } from '../../ui/notice.js';
import { useWebhooks } from '../queries.js';
import { ReadError } from '../read-error.js';
import { SecretDialog } from '../secret-dialog.js';
import styles from '../settings.module.css';
import { DeleteDialog, NewSecretDialog } from './webhook-dialogs.js';
import { WebhookForm } from './webhook-form.js';
import { WebhookRow } from './webhook-row.js';
import type { Webhook } from './webhook-state.js';

type Open = { what: 'new' } | { what: 'edit' | 'secret' | 'delete'; hook: Webhook } | null;

/** Addresses that are told what happens here. */
export function WebhooksPart(): ReactElement {
  const { data, error, refetch } = useWebhooks();
  const [open, setOpen] = useState<Open>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => setOpen(null);
  const show = (next: string) => {
    setOpen(null);
    setSecret(next);
  };
  return (
    <section className={styles.part}>
      <div className={styles.head}>
        <div>
          <h2>Webhooks</h2>
          <p className={styles.soft}>Signed messages to other systems when something happens in this workspace.</p>
        </div>
        {data && (
          <Button look="primary" onClick={() => setOpen({ what: 'new' })}>
            <Plus /> New webhook
          </Button>
        )}
      </div>
      {error && !data && <ReadError error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading what="the webhooks" />}
      {data?.length === 0 && (
        <Empty title="Nobody is told yet">
          <p>A webhook can start your own tools when a run ends, a feature is written or a card moves.</p>
        </Empty>
      )}
      {data && data.length > 0 && (
        <ul role="list" className={styles.lines}>
          {data.map((hook) => (
            <WebhookRow key={hook.id} hook={hook} onAsk={(what) => setOpen({ what, hook })} />
          ))}
        </ul>
      )}
      {open?.what === 'new' && <WebhookForm onSecret={show} onClose={close} />}
      {open?.what === 'edit' && <WebhookForm hook={open.hook} onSecret={show} onClose={close} />}
      {open?.what === 'secret' && <NewSecretDialog hook={open.hook} onSecret={show} onClose={close} />}
      {open?.what === 'delete' && <DeleteDialog hook={open.hook} onClose={close} />}
      {secret !== null && (
        <SecretDialog
          title="The webhook’s secret"
          name="Secret"
          secret={secret}
          hint="Its receiver checks by it that a message came from here, and from nobody else."
          onClose={() => setSecret(null)}
        />
      )}
    </section>
  );
}
