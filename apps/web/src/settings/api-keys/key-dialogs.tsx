import type { ReactElement } from 'react';
import { useState } from 'react';
import type { Schemas } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Field } from '../../ui/field.js';
import { ConfirmDialog } from '../confirm-dialog.js';
import { settings } from '../queries.js';
import type { ApiKey } from './key-state.js';
import { GRACES } from './key-state.js';

/** Gives a key a new secret, and says how long the one of before goes on. */
export function RotateDialog({
  apiKey,
  onIssued,
  onClose,
}: {
  apiKey: ApiKey;
  onIssued: (key: Schemas['IssuedApiKey']) => void;
  onClose: () => void;
}): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const [grace, setGrace] = useState<number>(GRACES[0].seconds);
  const rotate = useMutation({
    mutationFn: () => client.apiKeys.rotate(apiKey.id, { grace_seconds: grace }),
    onSuccess: (key) => {
      void queries.invalidateQueries({ queryKey: settings.keys(client).queryKey });
      onIssued(key);
    },
  });
  return (
    <ConfirmDialog
      title={`Rotate “${apiKey.name}”`}
      action="Rotate key"
      isBusy={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      <p>The key gets a new secret, with the same name, role and end. Whoever uses it needs the new one.</p>
      <Field label="The secret of before is good">
        <select value={grace} onChange={(event) => setGrace(Number(event.target.value))}>
          {GRACES.map(({ seconds, title }) => (
            <option key={seconds} value={seconds}>
              {title}
            </option>
          ))}
        </select>
      </Field>
    </ConfirmDialog>
  );
}

/** Ends a key for ever. */
export function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => client.apiKeys.revoke(apiKey.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: settings.keys(client).queryKey });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Revoke “${apiKey.name}”?`}
      action="Revoke key"
      isDangerous
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>Whatever uses this key is refused from then on, open pages included. A revoked key can’t be brought back.</p>
    </ConfirmDialog>
  );
}
