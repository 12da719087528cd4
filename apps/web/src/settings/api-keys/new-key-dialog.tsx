import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import type { Schemas } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { fieldError } from '../../session/messages.js';
import { Button } from '../../ui/button.js';
import { Dialog, DialogActions } from '../../ui/dialog.js';
import { Field } from '../../ui/field.js';
import { ErrorNotice } from '../../ui/notice.js';
import { settings } from '../queries.js';
import styles from '../settings.module.css';
import type { Lifetime, Role } from './key-state.js';
import { endOf, LIFETIMES, ROLES } from './key-state.js';

/** Makes a key: what it is for, what it may, and how long. */
export function NewKeyDialog({
  onIssued,
  onClose,
}: {
  onIssued: (key: Schemas['IssuedApiKey']) => void;
  onClose: () => void;
}): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [lifetime, setLifetime] = useState<Lifetime>('90');
  const [date, setDate] = useState('');
  const make = useMutation({
    mutationFn: () => {
      const expires_at = endOf(lifetime, date, Date.now()) ?? null;
      return client.apiKeys.create({ name: name.trim(), role, expires_at });
    },
    onSuccess: (key) => {
      void queries.invalidateQueries({ queryKey: settings.keys(client).queryKey });
      onIssued(key);
    },
  });
  const errors = { name: fieldError(make.error, '/name'), end: fieldError(make.error, '/expires_at') };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!make.isPending) make.mutate();
  };
  return (
    <Dialog title="New API key" onClose={onClose}>
      <form onSubmit={submit} className={styles.form}>
        <Field
          label="Name"
          hint="What it is for, so that you know later what stops if you revoke it."
          error={errors.name}
        >
          <input required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Role" hint={`Who has it ${ROLES.find((one) => one.role === role)?.may ?? ''}.`}>
          <select value={role} onChange={(event) => setRole(event.target.value as Role)}>
            {ROLES.map((one) => (
              <option key={one.role} value={one.role}>
                {one.title}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Expires" error={lifetime === 'date' ? null : errors.end}>
          <select value={lifetime} onChange={(event) => setLifetime(event.target.value as Lifetime)}>
            {LIFETIMES.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </Field>
        {lifetime === 'date' && (
          <Field label="Last day" hint="To its end, UTC." error={errors.end}>
            <input type="date" required value={date} onChange={(event) => setDate(event.target.value)} />
          </Field>
        )}
        {make.error && !errors.name && !errors.end && <ErrorNotice error={make.error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={make.isPending}>
            Make key
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
