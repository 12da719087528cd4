import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { fieldError } from '../../session/messages.js';
import { Button } from '../../ui/button.js';
import { Dialog, DialogActions } from '../../ui/dialog.js';
import { Field } from '../../ui/field.js';
import { ErrorNotice } from '../../ui/notice.js';
import { settings } from '../queries.js';
import styles from '../settings.module.css';
import { EventChoice } from './event-choice.js';
import type { EventName, Webhook } from './webhook-state.js';

interface WebhookFormProps {
  /** The one that is edited; without it a new one is made. */
  hook?: Webhook;
  /** A new webhook's secret, which is in this one answer. */
  onSecret: (secret: string) => void;
  onClose: () => void;
}

/** Where a webhook goes, and what it is told of. */
export function WebhookForm({ hook, onSecret, onClose }: WebhookFormProps): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const [url, setUrl] = useState(hook?.url ?? '');
  const [description, setDescription] = useState(hook?.description ?? '');
  const [events, setEvents] = useState<readonly EventName[]>(
    (hook?.events as EventName[] | undefined) ?? ['run.ended'],
  );
  const save = useMutation({
    mutationFn: async () => {
      const body = { url: url.trim(), description: description.trim(), events: [...events] };
      if (hook) return void (await client.webhooks.update(hook.id, body));
      return (await client.webhooks.create(body)).secret;
    },
    onSuccess: (secret) => {
      void queries.invalidateQueries({ queryKey: settings.webhooks(client).queryKey });
      if (secret === undefined) onClose();
      else onSecret(secret);
    },
  });
  const errors = ['/url', '/description', '/events'].map((pointer) => fieldError(save.error, pointer));
  const [urlError, descriptionError, eventsError] = errors;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate();
  };
  return (
    <Dialog title={hook ? 'Edit webhook' : 'New webhook'} onClose={onClose}>
      <form onSubmit={submit} className={styles.form}>
        <Field
          label="Address"
          hint="It begins with https:// and is reachable from the internet."
          error={urlError ?? null}
        >
          <input
            type="url"
            required
            maxLength={2048}
            placeholder="https://example.com/planwright"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        </Field>
        <Field label="Description" hint="For you and your team; it may be empty." error={descriptionError ?? null}>
          <input maxLength={200} value={description} onChange={(event) => setDescription(event.target.value)} />
        </Field>
        <EventChoice events={events} error={eventsError ?? null} onChange={setEvents} />
        {save.error && errors.every((error) => error === null) && <ErrorNotice error={save.error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {hook ? 'Save' : 'Make webhook'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
