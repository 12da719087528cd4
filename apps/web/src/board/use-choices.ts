import { useMemo } from 'react';
import type { BoardColumn } from '@planwright/client/react';
import { useCoverage, useOffBoard } from './board-queries.js';
import type { Choices } from './card-fields.js';
import { labelsOf } from './filters.js';

/** What the fields of a project's cards can be filled with. `but`: the card that is edited, which can't wait for itself. */
export function useChoices(projectId: string, columns: readonly BoardColumn[], but: string | null): Choices {
  const coverage = useCoverage(projectId);
  const off = useOffBoard(projectId);
  return useMemo(() => {
    const cards = columns.flatMap(({ tasks }) => tasks);
    const known = new Map([...(off.data ?? []), ...cards].map((card) => [card.id, card]));
    const required = coverage.data?.requirements;
    const requirements = [...(required?.items ?? []), ...(required?.without_tasks ?? [])];
    return {
      columns: columns.map(({ key, title }) => ({ key, title })),
      cards: cards
        .filter(({ id }) => id !== but)
        .map(({ id, key, title }) => ({ value: id, name: key, detail: title })),
      labels: labelsOf(cards).map((label) => ({ value: label, name: label, detail: '' })),
      requirements: [...new Map(requirements.map((one) => [one.id, one])).values()].map(({ id, text }) => ({
        value: id,
        name: id,
        detail: text,
      })),
      cardOf: (id: string) => {
        const card = known.get(id);
        if (!card) return 'A card off the board';
        const isOff = card.deleted_at !== null || card.retired_at !== null;
        return isOff ? `${card.key} (off the board)` : `${card.key} ${card.title}`;
      },
    };
  }, [columns, but, coverage.data, off.data]);
}
