import type { ReactElement } from 'react';
import { Undo2 } from 'lucide-react';
import { Ago } from '../format/ago.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNotice, Loading } from '../ui/notice.js';
import { useOffBoard } from './board-queries.js';
import styles from './panels.module.css';
import { useRestore } from './use-restore.js';

/** Cards that were deleted, or left out by a newer task set; each can come back. */
export function OffBoard({ projectId, onClose }: { projectId: string; onClose: () => void }): ReactElement {
  const off = useOffBoard(projectId);
  const restore = useRestore(projectId);
  return (
    <Dialog title="Off the board" onClose={onClose}>
      {off.isPending && <Loading what="the cards" />}
      {off.error && <ErrorNotice error={off.error} onRetry={() => void off.refetch()} />}
      {off.data?.length === 0 && (
        <p className={styles.soft}>Nothing was deleted, and no task set has left a card out.</p>
      )}
      <ul role="list" className={styles.list}>
        {off.data?.map((card) => (
          <li key={card.id} className={styles.row}>
            <div className={styles.rowText}>
              <p>
                <span className={styles.key}>{card.key}</span> {card.title}
              </p>
              <p className={styles.soft}>
                {card.deleted_at === null ? 'Left out by a newer task set' : 'Deleted'}{' '}
                <Ago at={card.deleted_at ?? card.retired_at ?? card.updated_at} />
              </p>
            </div>
            <Button
              small
              aria-label={`Restore ${card.key}`}
              busy={restore.isPending && restore.variables.id === card.id}
              onClick={() => restore.mutate(card)}
            >
              <Undo2 /> Restore
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
