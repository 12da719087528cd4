import { useCallback, useEffect, useRef } from 'react';
import { ChangedError } from '@planwright/client';
import type { BoardColumn, BoardInUse } from '@planwright/client/react';
import { messageOf } from '../session/messages.js';
import { useToasts } from '../ui/toasts.js';
import type { BoardActions } from './board-context.js';
import type { Move } from './moves.js';
import { isUnmoved, moveBeside, moveBy, moveToEnd, placeOf, sentenceOf } from './moves.js';

type Moves = Pick<BoardActions, 'step' | 'toColumn' | 'drop'>;

/** Moves cards among those that are shown; `say` is told the result, `keep` which card the keyboard is to stay on. */
export function useMoves(
  move: BoardInUse['move'],
  shown: readonly BoardColumn[],
  say: (text: string) => void,
  keep: (taskId: string) => void,
): Moves {
  const toasts = useToasts();
  const columns = useRef(shown);
  useEffect(() => {
    columns.current = shown;
  }, [shown]);
  const send = useCallback(
    async (taskId: string, to: Move | null) => {
      const card = placeOf(columns.current, taskId)?.column.tasks.find(({ id }) => id === taskId);
      if (!card || !to) return;
      const sentence = sentenceOf(columns.current, card, to);
      say(sentence);
      try {
        await move(taskId, to).catch((error: unknown) => {
          // Its text was changed, not its place: the move is meant as it was.
          if (error instanceof ChangedError && isUnmoved(card, error.current)) return move(taskId, to);
          throw error;
        });
      } catch (error) {
        const isMoved = error instanceof ChangedError;
        const title = isMoved ? `Somebody else has just moved ${card.key}` : `${card.key} could not be moved`;
        const detail = isMoved ? 'It is shown where it is now.' : messageOf(error);
        toasts.show({ id: `move-${taskId}`, tone: 'bad', title, detail });
      }
    },
    [move, say, toasts],
  );
  const step = useCallback<Moves['step']>(
    (taskId, direction) => {
      keep(taskId);
      void send(taskId, moveBy(columns.current, taskId, direction));
    },
    [keep, send],
  );
  const toColumn = useCallback<Moves['toColumn']>(
    (taskId, status) => {
      keep(taskId);
      void send(taskId, moveToEnd(columns.current, taskId, status));
    },
    [keep, send],
  );
  const drop = useCallback<Moves['drop']>(
    (taskId, { status, over }) => {
      const to = over
        ? moveBeside(columns.current, taskId, over.id, over.edge)
        : moveToEnd(columns.current, taskId, status);
      void send(taskId, to);
    },
    [send],
  );
  return { step, toColumn, drop };
}
