import type { ReactElement } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ConfirmDialog } from '../confirm-dialog.js';
import { settings } from '../queries.js';
import type { Webhook } from './webhook-state.js';

/** Gives a webhook a new secret; for a day messages carry both signatures. */
export function NewSecretDialog({
  hook,
  onSecret,
  onClose,
}: {
  hook: Webhook;
  onSecret: (secret: string) => void;
  onClose: () => void;
}): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => client.webhooks.rotateSecret(hook.id),
    onSuccess: ({ secret }) => {
      void queries.invalidateQueries({ queryKey: settings.webhooks(client).queryKey });
      onSecret(secret);
    },
  });
  return (
    <ConfirmDialog
      title="New secret"
      action="Make new secret"
      isBusy={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      <p>
        Messages to {hook.url} carry two signatures for a day, so its receiver can change over in its own time. Is the
        old secret out in the world? Do this twice, and only the newest ones sign.
      </p>
    </ConfirmDialog>
  );
}

/** Takes a webhook away. */
export function DeleteDialog({ hook, onClose }: { hook: Webhook; onClose: () => void }): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => client.webhooks.delete(hook.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: settings.webhooks(client).queryKey });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title="Delete this webhook?"
      action="Delete webhook"
      isDangerous
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>
        {hook.url} is told nothing from then on, and the list of its deliveries goes with it. To pause it, switch it
        off.
      </p>
    </ConfirmDialog>
  );
}
