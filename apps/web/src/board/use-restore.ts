import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { messageOf } from '../session/messages.js';
import { useToasts } from '../ui/toasts.js';
import type { Task } from './words.js';

/** Brings cards back to the board, in whatever state they are now. */
export function useRestore(projectId: string) {
  const client = useClient();
  const queries = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    // By its id alone: it has changed since it was read, being taken off the board.
    mutationFn: (card: Task) => client.tasks.restore(card.id),
    onSuccess: (card) => {
      toasts.show({ id: `card-${card.id}`, tone: 'good', title: `${card.key} is back on the board` });
      return queries.invalidateQueries({ queryKey: ['project', projectId, 'off-board'] });
    },
    onError: (error, card) =>
      toasts.show({
        id: `card-${card.id}`,
        tone: 'bad',
        title: `${card.key} could not be restored`,
        detail: messageOf(error),
      }),
  });
}
