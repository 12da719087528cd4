import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import { createClient } from '@planwright/client';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { Field } from '../ui/field.js';
import { messageOf } from './messages.js';

/** Asks for an API key or token, and tries it before it is taken. It can't be closed: nothing works without one. */
export function SignIn({ isAgain, onKey }: { isAgain: boolean; onKey: (key: string) => void }): ReactElement {
  const [key, setKey] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isTrying, setIsTrying] = useState(false);
  const tryKey = async (event: FormEvent) => {
    event.preventDefault();
    setIsTrying(true);
    setError(null);
    try {
      await createClient({ url: location.origin, apiKey: key.trim() }).projects.list({ limit: 1 });
      onKey(key.trim());
    } catch (refused) {
      setError(messageOf(refused));
    } finally {
      setIsTrying(false);
    }
  };
  return (
    <Dialog title={isAgain ? 'Sign in again' : 'Sign in'}>
      <form onSubmit={(event) => void tryKey(event)} style={{ display: 'contents' }}>
        <p>
          {isAgain
            ? 'Your key has expired or was revoked. Nothing on this page is lost: enter another one to go on.'
            : 'This installation asks for an API key. Whoever runs it can make one for you.'}
        </p>
        <Field label="API key" hint="Kept in this tab alone, until you close it." error={error}>
          <input
            type="password"
            autoComplete="current-password"
            required
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
        </Field>
        <DialogActions>
          <Button type="submit" look="primary" busy={isTrying}>
            Sign in
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
