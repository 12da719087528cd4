import type { ReactElement } from 'react';
import { memo, useId, useRef } from 'react';
import type { BoardColumn } from '@planwright/client/react';
import { Plus } from 'lucide-react';
import { Button } from '../ui/button.js';
import { useBoardActions } from './board-context.js';
import styles from './board.module.css';
import type { ColumnName } from './card-menu.js';
import { Card } from './card.js';
import { useDropColumn } from './use-drag.js';

interface ColumnProps {
  column: BoardColumn;
  /** How many cards are in it, those included that a filter holds back. */
  total: number;
  columns: readonly ColumnName[];
  blockers: ReadonlyMap<string, readonly string[]>;
}

/** A column of the board with its cards, as many as the filters show. */
export const Column = memo(function Column({ column, total, columns, blockers }: ColumnProps): ReactElement {
  const heading = useId();
  const lane = useRef<HTMLElement>(null);
  const isOver = useDropColumn(lane, column.key);
  const { add } = useBoardActions();
  const { tasks } = column;
  const last = tasks.length - 1;
  return (
    <section
      ref={lane}
      className={styles.lane}
      aria-labelledby={heading}
      data-column={column.key}
      data-over={isOver || undefined}
    >
      <div className={styles.laneHead}>
        <h2 id={heading}>{column.title}</h2>
        <Count shown={tasks.length} total={total} />
      </div>
      {/* The only thing of a lane that scrolls: its title and its button stay. */}
      <ul role="list" className={styles.cards}>
        {tasks.map((task, index) => (
          <Card
            key={task.id}
            task={task}
            columns={columns}
            isFirst={index === 0}
            isLast={index === last}
            waitsFor={(blockers.get(task.id) ?? []).join(' ')}
          />
        ))}
        {tasks.length === 0 && (
          <li className={styles.nothing}>{total > 0 ? 'No card here passes the filters.' : 'No cards yet.'}</li>
        )}
      </ul>
      <div className={styles.laneFoot}>
        <Button look="quiet" small aria-label={`Add card to ${column.title}`} onClick={() => add(column.key)}>
          <Plus /> Add card
        </Button>
      </div>
    </section>
  );
});

function Count({ shown, total }: { shown: number; total: number }): ReactElement {
  const text = shown === total ? String(total) : `${shown} of ${total}`;
  return (
    <span className={styles.count}>
      {text}
      <span className="visually-hidden"> {total === 1 ? 'card' : 'cards'}</span>
    </span>
  );
}
