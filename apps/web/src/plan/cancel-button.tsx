import type { ReactElement } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Square } from 'lucide-react';
import { messageOf } from '../session/messages.js';
import { Button } from '../ui/button.js';
import { useToasts } from '../ui/toasts.js';

interface CancelButtonProps {
  projectId: string;
  runId: string;
  /** Whose run, where a screen has several of these. */
  label?: string;
}

/** Stops a run. It works until the run has stopped; what is finished is kept. */
export function CancelButton({ projectId, runId, label }: CancelButtonProps): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const toasts = useToasts();
  const cancel = useMutation({
    mutationFn: () => client.runs.cancel(runId),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['project', projectId, 'runs'] }),
    onError: (error) =>
      toasts.show({ id: `cancel ${runId}`, tone: 'bad', title: 'The run was not cancelled', detail: messageOf(error) }),
  });
  const isWished = cancel.isPending || cancel.isSuccess;
  return (
    <Button small busy={isWished} aria-label={label} onClick={() => cancel.mutate()}>
      {!isWished && <Square />} {isWished ? 'Cancelling…' : 'Cancel'}
    </Button>
  );
}
