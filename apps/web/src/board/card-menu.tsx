import type { ReactElement } from 'react';
import { memo, useState } from 'react';
import { ArrowDown, ArrowDownToLine, ArrowRight, ArrowUp, ArrowUpToLine, Ellipsis } from 'lucide-react';
import { Button } from '../ui/button.js';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/menu.js';
import { useBoardActions } from './board-context.js';
import type { Task } from './words.js';

/** A column to move to, by its key. */
export interface ColumnName {
  key: string;
  title: string;
}

interface CardMenuProps {
  task: Task;
  columns: readonly ColumnName[];
  isFirst: boolean;
  isLast: boolean;
}

/** Moves a card without dragging it. The menu is made when it is first asked for: a board has hundreds of them. */
export const CardMenu = memo(function CardMenu(props: CardMenuProps): ReactElement {
  const { task } = props;
  const [isMade, setIsMade] = useState(false);
  const button = { 'aria-label': `Move ${task.key} to…`, title: 'Move to…', 'data-move': task.id };
  if (isMade) {
    const trigger = (
      <Button look="quiet" icon small {...button}>
        <Ellipsis />
      </Button>
    );
    return <MoveMenu {...props} trigger={trigger} />;
  }
  return (
    <Button
      look="quiet"
      icon
      small
      {...button}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setIsMade(true)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown') return;
        event.preventDefault();
        setIsMade(true);
      }}
    >
      <Ellipsis />
    </Button>
  );
});

function MoveMenu({
  trigger,
  task,
  columns,
  isFirst,
  isLast,
}: CardMenuProps & { trigger: ReactElement }): ReactElement {
  const actions = useBoardActions();
  const others = columns.filter(({ key }) => key !== task.status);
  return (
    <Menu startsOpen trigger={trigger}>
      <MenuLabel>Move to…</MenuLabel>
      {others.map(({ key, title }) => (
        <MenuItem key={key} onSelect={() => actions.toColumn(task.id, key)}>
          <ArrowRight /> {title}
        </MenuItem>
      ))}
      {others.length > 0 && <MenuLine />}
      <MenuItem disabled={isFirst} onSelect={() => actions.step(task.id, 'up')}>
        <ArrowUp /> Up
      </MenuItem>
      <MenuItem disabled={isLast} onSelect={() => actions.step(task.id, 'down')}>
        <ArrowDown /> Down
      </MenuItem>
      <MenuItem disabled={isFirst} onSelect={() => actions.step(task.id, 'top')}>
        <ArrowUpToLine /> Top of the column
      </MenuItem>
      <MenuItem disabled={isLast} onSelect={() => actions.step(task.id, 'bottom')}>
        <ArrowDownToLine /> Bottom of the column
      </MenuItem>
    </Menu>
  );
}
