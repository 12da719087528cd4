import type { RefObject } from 'react';
import { useEffect, useState } from 'react';
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from '@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter';
import { attachClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge/attach-closest-edge';
import { extractClosestEdge } from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge/extract-closest-edge';
import type { BoardActions } from './board-context.js';
import type { Edge } from './moves.js';

const edgeOf = (data: Record<string | symbol, unknown>): Edge =>
  extractClosestEdge(data) === 'top' ? 'top' : 'bottom';

/** A card that can be dragged, and that other cards can be dropped beside; `edge`: where one would go now. */
export function useDraggedCard(
  item: RefObject<HTMLElement | null>,
  card: RefObject<HTMLElement | null>,
  taskId: string,
): { isDragged: boolean; edge: Edge | null } {
  const [isDragged, setIsDragged] = useState(false);
  const [edge, setEdge] = useState<Edge | null>(null);
  useEffect(() => {
    if (!item.current || !card.current) return;
    const element = item.current;
    const stopDrag = draggable({
      element: card.current,
      getInitialData: () => ({ taskId }),
      onDragStart: () => setIsDragged(true),
      onDrop: () => setIsDragged(false),
    });
    const stopTarget = dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data['taskId'] !== taskId && typeof source.data['taskId'] === 'string',
      getData: ({ input }) => attachClosestEdge({ taskId }, { element, input, allowedEdges: ['top', 'bottom'] }),
      onDrag: ({ self }) => setEdge(edgeOf(self.data)),
      onDragLeave: () => setEdge(null),
      onDrop: () => setEdge(null),
    });
    return () => {
      stopDrag();
      stopTarget();
    };
  }, [item, card, taskId]);
  return { isDragged, edge };
}

/** A column that cards can be dropped into; true while one would go to its end. */
export function useDropColumn(column: RefObject<HTMLElement | null>, status: string): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const element = column.current;
    if (!element) return;
    return dropTargetForElements({
      element,
      canDrop: ({ source }) => typeof source.data['taskId'] === 'string',
      getData: () => ({ status }),
      // Above a card the card shows where it would go.
      onDrag: ({ self, location }) => setIsOver(location.current.dropTargets[0]?.element === self.element),
      onDragLeave: () => setIsOver(false),
      onDrop: () => setIsOver(false),
    });
  }, [column, status]);
  return isOver;
}

/** Moves the cards that are dropped. */
export function useDrops(drop: BoardActions['drop']): void {
  useEffect(
    () =>
      monitorForElements({
        onDrop: ({ source, location }) => {
          const taskId = source.data['taskId'];
          const targets = location.current.dropTargets;
          const status = targets.find(({ data }) => typeof data['status'] === 'string')?.data['status'];
          const over = targets.find(({ data }) => typeof data['taskId'] === 'string')?.data;
          if (typeof taskId !== 'string' || typeof status !== 'string') return;
          const beside = over ? { id: String(over['taskId']), edge: edgeOf(over) } : null;
          drop(taskId, { status, over: beside });
        },
      }),
    [drop],
  );
}
