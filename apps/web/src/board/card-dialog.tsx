import type { ReactElement } from 'react';
import { useState } from 'react';
import { ChangedError } from '@planwright/client';
import type { BoardColumn } from '@planwright/client/react';
import { useClient } from '@planwright/client/react';
import { useMutation } from '@tanstack/react-query';
import { messageOf } from '../session/messages.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNotice, Loading, Notice } from '../ui/notice.js';
import { useToasts } from '../ui/toasts.js';
import { useOffBoard } from './board-queries.js';
import { CardEditor } from './card-editor.js';
import { useChoices } from './use-choices.js';
import { useRestore } from './use-restore.js';
import type { Task } from './words.js';

interface CardDialogProps {
  projectId: string;
  cardKey: string;
  columns: readonly BoardColumn[];
  onSaved: (card: Task) => void;
  onClose: () => void;
}

/** The card that the address names, on the board or off it. */
export function CardDialog({ cardKey, ...rest }: CardDialogProps): ReactElement {
  const { projectId, columns, onClose } = rest;
  const off = useOffBoard(projectId);
  const onBoard = columns.flatMap(({ tasks }) => tasks).find(({ key }) => key === cardKey);
  const found = onBoard ?? off.data?.find(({ key }) => key === cardKey);
  // A card that is taken away while somebody edits it stays open with what they typed.
  const [last, setLast] = useState(found);
  if (found && found !== last) setLast(found);
  const card = found ?? last;
  if (card) return <OneCard key={card.id} card={card} {...rest} />;
  return (
    <Dialog title={cardKey} onClose={onClose}>
      {off.isPending ? <Loading what="the card" /> : <p>There is no card {cardKey} in this project.</p>}
    </Dialog>
  );
}

interface OneCardProps extends Omit<CardDialogProps, 'cardKey'> {
  card: Task;
}

function OneCard({ projectId, card, columns, onSaved, onClose }: OneCardProps): ReactElement {
  const client = useClient();
  const toasts = useToasts();
  const choices = useChoices(projectId, columns, card.id);
  const restore = useRestore(projectId);
  const isOff = card.deleted_at !== null || card.retired_at !== null;
  const remove = useMutation({
    mutationFn: () => client.tasks.delete(card),
    onSuccess: () => {
      onClose();
      toasts.show({
        id: `card-${card.id}`,
        tone: 'plain',
        title: `${card.key} is deleted`,
        detail: card.title,
        action: { label: 'Undo', onAction: () => restore.mutate(card) },
      });
    },
    onError: (error) => {
      const title = `${card.key} was not deleted`;
      const detail =
        error instanceof ChangedError ? 'Somebody has just changed it. Look at it once more.' : messageOf(error);
      toasts.show({ id: `card-${card.id}`, tone: 'bad', title, detail });
    },
  });
  const onDone = (saved: Task) => {
    onClose();
    onSaved(saved);
    toasts.show({ id: `card-${card.id}`, tone: 'good', title: `${saved.key} is saved` });
  };
  return (
    <Dialog title={`${card.key} · ${card.title}`} wide onClose={onClose}>
      {isOff && (
        <Notice
          tone="warn"
          actions={
            <Button small busy={restore.isPending} onClick={() => restore.mutate(card)}>
              Restore
            </Button>
          }
        >
          {card.deleted_at === null
            ? 'This card is off the board: a newer task set has left it out.'
            : 'This card is deleted. Restore it to edit it.'}
        </Notice>
      )}
      {restore.error && <ErrorNotice error={restore.error} />}
      <CardEditor
        card={card}
        choices={choices}
        isDeleting={remove.isPending}
        onDelete={() => remove.mutate()}
        onSaved={onDone}
        onClose={onClose}
      />
    </Dialog>
  );
}
