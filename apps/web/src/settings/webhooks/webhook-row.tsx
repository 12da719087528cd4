import type { ReactElement } from 'react';
import { useId, useState } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  ChevronDown,
  ChevronRight,
  Ellipsis,
  KeyRound,
  Pencil,
  Power,
  Send,
  Trash2,
  Webhook as Mark,
} from 'lucide-react';
import { formatInstant } from '../../format/time.js';
import { messageOf } from '../../session/messages.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.js';
import { useToasts } from '../../ui/toasts.js';
import { settings } from '../queries.js';
import styles from '../settings.module.css';
import { Deliveries } from './deliveries.js';
import type { Webhook } from './webhook-state.js';
import { eventsWords, webhookState } from './webhook-state.js';

interface WebhookRowProps {
  hook: Webhook;
  onAsk: (what: 'edit' | 'secret' | 'delete') => void;
}

/** One webhook: where to, what of, how it is doing, and on demand what was sent. */
export function WebhookRow({ hook, onAsk }: WebhookRowProps): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const list = useId();
  const { tone, title, detail } = webhookState(hook);
  const since = hook.enabled ? hook.failing_since : hook.disabled_at;
  const { test, toggle } = useActions(hook, () => setIsOpen(true));
  return (
    <li className={styles.line}>
      <Mark aria-hidden="true" className={styles.mark} />
      <div>
        <p className={styles.name}>
          <strong>{hook.description || hook.url}</strong>
          <Badge tone={tone}>{title}</Badge>
        </p>
        {hook.description && <p className={styles.soft}>{hook.url}</p>}
        <p className={styles.soft}>Is told of {eventsWords(hook.events)}</p>
        {detail && (
          <p className={styles.soft}>
            {detail}
            {since !== null && ` Since ${formatInstant(since)}.`}
          </p>
        )}
        {hook.previous_secret_until && (
          <p className={styles.soft}>
            The secret of before signs, too, until {formatInstant(hook.previous_secret_until)}.
          </p>
        )}
        <div className={styles.buttons}>
          <Button small look="quiet" aria-expanded={isOpen} aria-controls={list} onClick={() => setIsOpen(!isOpen)}>
            {isOpen ? <ChevronDown /> : <ChevronRight />} Deliveries
          </Button>
        </div>
      </div>
      <Menu
        trigger={
          <Button look="quiet" icon small aria-label={`What to do with the webhook to ${hook.url}`}>
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem onSelect={() => onAsk('edit')}>
          <Pencil /> Edit…
        </MenuItem>
        <MenuItem disabled={!hook.enabled} onSelect={() => test.mutate()}>
          <Send /> Send a test
        </MenuItem>
        <MenuItem onSelect={() => toggle.mutate()}>
          <Power /> Switch {hook.enabled ? 'off' : 'on'}
        </MenuItem>
        <MenuItem onSelect={() => onAsk('secret')}>
          <KeyRound /> New secret…
        </MenuItem>
        <MenuLine />
        <MenuItem onSelect={() => onAsk('delete')}>
          <Trash2 /> Delete…
        </MenuItem>
      </Menu>
      <div id={list} className={styles.inner} hidden={!isOpen}>
        {isOpen && <Deliveries webhookId={hook.id} isEnabled={hook.enabled} />}
      </div>
    </li>
  );
}

/** What is done without asking: a test message, and the switch. What came of it is told in a toast. */
function useActions({ id, enabled, url }: Webhook, onTested: () => void) {
  const client = useClient();
  const queries = useQueryClient();
  const toasts = useToasts();
  const done = (title: string) => {
    toasts.show({ id: `webhook-${id}`, tone: 'good', title, detail: url });
    return queries.invalidateQueries({ queryKey: settings.webhooks(client).queryKey });
  };
  const onError = (error: unknown) =>
    toasts.show({ id: `webhook-${id}`, tone: 'bad', title: 'That did not work', detail: messageOf(error) });
  const test = useMutation({
    mutationFn: () => client.webhooks.test(id),
    onError,
    onSuccess: () => {
      onTested();
      return done('Test message on its way');
    },
  });
  const toggle = useMutation({
    mutationFn: () => client.webhooks.update(id, { enabled: !enabled }),
    onError,
    onSuccess: () => done(enabled ? 'Webhook switched off' : 'Webhook switched on'),
  });
  return { test, toggle };
}
