import type { MouseEvent, ReactElement } from 'react';
import { memo, useRef } from 'react';
import { ChevronDown, ChevronsUp, ChevronUp, Equal, Lock, Sparkles, UserRound } from 'lucide-react';
import { Badge } from '../ui/badge.js';
import { useBoardActions } from './board-context.js';
import styles from './board.module.css';
import type { ColumnName } from './card-menu.js';
import { CardMenu } from './card-menu.js';
import { useDraggedCard } from './use-drag.js';
import type { Priority, Task } from './words.js';
import { PRIORITIES, TYPES } from './words.js';

interface CardProps {
  task: Task;
  columns: readonly ColumnName[];
  isFirst: boolean;
  isLast: boolean;
  /** Keys of the cards it waits for, with spaces between them. */
  waitsFor: string;
}

const PRIORITY_MARKS: Record<Priority, ReactElement> = {
  urgent: <ChevronsUp />,
  high: <ChevronUp />,
  medium: <Equal />,
  low: <ChevronDown />,
};

/** One card of the board. It is drawn anew only where something of it has changed. */
export const Card = memo(function Card({ task, columns, isFirst, isLast, waitsFor }: CardProps): ReactElement {
  const item = useRef<HTMLLIElement>(null);
  const card = useRef<HTMLElement>(null);
  const { isDragged, edge } = useDraggedCard(item, card, task.id);
  return (
    <li ref={item} className={styles.item} data-edge={edge ?? undefined} data-card={task.key}>
      <article ref={card} className={styles.card} data-dragged={isDragged || undefined} aria-label={task.key}>
        <div className={styles.cardHead}>
          <span className={styles.key}>{task.key}</span>
          <span className={styles.type}>{TYPES[task.type]}</span>
          <CardMenu task={task} columns={columns} isFirst={isFirst} isLast={isLast} />
        </div>
        <h3 className={styles.cardTitle}>
          <CardLink cardKey={task.key}>{task.title}</CardLink>
        </h3>
        <Tags task={task} />
        {waitsFor && <WaitsFor keys={waitsFor.split(' ')} />}
        <Facts task={task} />
      </article>
    </li>
  );
});

/** Opens a card on this page, or in another tab where the person asks the browser for one. */
function CardLink({ cardKey, children }: { cardKey: string; children: string }): ReactElement {
  const { open, hrefOf } = useBoardActions();
  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(cardKey);
  };
  return (
    <a href={hrefOf(cardKey)} draggable={false} onClick={onClick}>
      {children}
    </a>
  );
}

function Tags({ task }: { task: Task }): ReactElement | null {
  const { requirements, labels, suggestion } = task;
  if (requirements.length + labels.length === 0 && !suggestion) return null;
  return (
    <div className={styles.tags}>
      {suggestion?.vanished && <Badge tone="warn">Not in the newest task set</Badge>}
      {suggestion && !suggestion.vanished && <Badge tone="info">New text offered</Badge>}
      {requirements.map((id) => (
        <span key={id} className={styles.requirement}>
          {id}
        </span>
      ))}
      {labels.map((label) => (
        <Badge key={label}>{label}</Badge>
      ))}
    </div>
  );
}

function WaitsFor({ keys }: { keys: readonly string[] }): ReactElement {
  return (
    <p className={styles.waits}>
      <Lock aria-hidden="true" />
      <span>Blocked by</span>
      {keys.map((key) => (
        <CardLink key={key} cardKey={key}>
          {key}
        </CardLink>
      ))}
    </p>
  );
}

function Facts({ task }: { task: Task }): ReactElement {
  return (
    <div className={styles.facts}>
      <span className={styles.fact} data-priority={task.priority}>
        {PRIORITY_MARKS[task.priority]} {PRIORITIES[task.priority]}
      </span>
      {task.estimate !== null && (
        <span className={styles.fact}>{task.estimate === 1 ? '1 point' : `${task.estimate} points`}</span>
      )}
      <span className={styles.origin}>
        <OriginMark task={task} />
      </span>
    </div>
  );
}

/** Who wrote a card, and whether a person has edited what the generator wrote. */
export function OriginMark({ task }: { task: Task }): ReactElement {
  if (task.origin === 'user') {
    return (
      <span className={styles.fact} title="Written by a person">
        <UserRound /> Person
      </span>
    );
  }
  const isEdited = task.edited_fields.length > 0;
  return (
    <span className={styles.fact} title={isEdited ? 'Written by AI, edited by a person' : 'Written by AI'}>
      <Sparkles /> {isEdited ? 'AI, edited' : 'AI'}
    </span>
  );
}
