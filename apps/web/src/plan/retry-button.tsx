import type { ReactElement } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { messageOf } from '../session/messages.js';
import { Button } from '../ui/button.js';
import { useToasts } from '../ui/toasts.js';

interface RetryButtonProps {
  projectId: string;
  runId: string;
  look?: 'plain' | 'primary' | 'quiet';
  /** Whose run, where a screen has several of these. */
  label?: string;
}

/** Starts a run that keeps what an ended one has finished and writes the rest. */
export function RetryButton({ projectId, runId, look = 'plain', label }: RetryButtonProps): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const toasts = useToasts();
  const retry = useMutation({
    mutationFn: () => client.runs.retry(runId),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['project', projectId] }),
    onError: (error) =>
      toasts.show({ id: `retry ${runId}`, tone: 'bad', title: 'The run was not retried', detail: messageOf(error) }),
  });
  return (
    <Button small look={look} busy={retry.isPending} aria-label={label} onClick={() => retry.mutate()}>
      <RotateCcw /> Retry
    </Button>
  );
}
