import type { ReactElement } from 'react';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { useBoard, useClient } from '@planwright/client/react';
import type { BoardColumn } from '@planwright/client/react';
import { useQuery } from '@tanstack/react-query';
import { Archive, ListChecks } from 'lucide-react';
import type { Project } from '../project/queries.js';
import { read, useDocuments } from '../project/queries.js';
import { DocumentActions } from '../regenerate/document-actions.js';
import { Button } from '../ui/button.js';
import { ErrorNotice, Loading, Notice } from '../ui/notice.js';
import { BoardContext } from './board-context.js';
import type { BoardActions } from './board-context.js';
import { useFreshPanels } from './board-queries.js';
import styles from './board.module.css';
import { CardDialog } from './card-dialog.js';
import { Column } from './column.js';
import { CoveragePanel } from './coverage-panel.js';
import { blockersOf } from './dependencies.js';
import { FilterBar } from './filter-bar.js';
import { filtersOf, labelsOf, shownOf, withFilters } from './filters.js';
import type { Filters } from './filters.js';
import { NewCardDialog } from './new-card.js';
import { OffBoard } from './off-board.js';
import { useAddress } from './use-address.js';
import { useDrops } from './use-drag.js';
import { useKeptFocus } from './use-kept-focus.js';
import { useMoves } from './use-moves.js';

type Panel = { kind: 'coverage' } | { kind: 'off' } | { kind: 'new'; status: string; requirements: string[] };

/** The project's cards in columns: to be read, moved, written and found. */
export default function BoardScreen({ project }: { project: Project }): ReactElement {
  const { columns, isLoading, error, move } = useBoard(project.id);
  const { query, change } = useAddress();
  const [panel, setPanel] = useState<Panel | null>(null);
  const [said, setSaid] = useState('');
  const filters = useMemo(() => filtersOf(query), [query]);
  // Whoever types into the search waits for no card.
  const applied = useDeferredValue(filters);
  const shown = useMemo(() => shownOf(columns, applied), [columns, applied]);
  const tasks = useMemo(() => columns.flatMap((column) => column.tasks), [columns]);
  const keep = useKeptFocus(shown);
  const moves = useMoves(move, shown, setSaid, keep);
  useDrops(moves.drop);
  useFreshPanels(project.id, tasks);
  const add = useCallback((status: string) => setPanel({ kind: 'new', status, requirements: [] }), []);
  const open = useCallback((key: string) => change((now) => withCard(now, key)), [change]);
  const hrefOf = useCallback((key: string) => `/projects/${project.id}/board?card=${key}`, [project.id]);
  const { step, toColumn, drop } = moves;
  const actions = useMemo<BoardActions>(
    () => ({ open, add, step, toColumn, drop, hrefOf }),
    [open, add, step, toColumn, drop, hrefOf],
  );
  const setFilters = (next: Filters) => change((now) => withFilters(now, next), { replace: true });
  const cardKey = query.get('card');
  const firstColumn = columns.find(({ category }) => category === 'todo')?.key ?? columns[0]?.key ?? '';
  return (
    <BoardContext value={actions}>
      <div className={styles.tools} data-print="no">
        <div className={styles.top}>
          <div className={styles.panels}>
            <Button onClick={() => setPanel({ kind: 'coverage' })}>
              <ListChecks /> Requirements
            </Button>
            <Button onClick={() => setPanel({ kind: 'off' })}>
              <Archive /> Off the board
            </Button>
          </div>
          <TaskSetActions project={project} />
        </div>
        <FilterBar filters={filters} labels={labelsOf(tasks)} onChange={setFilters} />
      </div>
      {error && <ErrorNotice error={error} />}
      {isLoading && <Loading what="the board" />}
      {!isLoading && tasks.length === 0 && !error && (
        <div className={styles.hint}>
          <Notice>
            There are no cards yet. The task set of the plan fills the board, and you can add cards yourself.
          </Notice>
        </div>
      )}
      <Lanes shown={shown} columns={columns} />
      <p className="visually-hidden" role="status">
        {said}
      </p>
      {cardKey !== null && !isLoading && (
        <CardDialog
          key={cardKey}
          projectId={project.id}
          cardKey={cardKey}
          columns={columns}
          onSaved={({ id }) => keep(id)}
          onClose={() => change((now) => withCard(now, null), { replace: true })}
        />
      )}
      {panel?.kind === 'new' && (
        <NewCardDialog projectId={project.id} columns={columns} {...panel} onClose={() => setPanel(null)} />
      )}
      {panel?.kind === 'off' && <OffBoard projectId={project.id} onClose={() => setPanel(null)} />}
      {panel?.kind === 'coverage' && (
        <CoveragePanel
          projectId={project.id}
          onAdd={(id) => setPanel({ kind: 'new', status: firstColumn, requirements: [id] })}
          onOpen={(key) => {
            setPanel(null);
            open(key);
          }}
          onClose={() => setPanel(null)}
        />
      )}
    </BoardContext>
  );
}

function Lanes({ shown, columns }: { shown: readonly BoardColumn[]; columns: readonly BoardColumn[] }): ReactElement {
  const blockers = useMemo(() => blockersOf(columns), [columns]);
  // Cards are drawn anew when this changes: only when a column does.
  const text = JSON.stringify(columns.map(({ key, title }) => ({ key, title })));
  const names = useMemo(() => JSON.parse(text) as { key: string; title: string }[], [text]);
  return (
    <div className={styles.lanes}>
      {shown.map((column, index) => (
        <Column
          key={column.key}
          column={column}
          total={columns[index]?.tasks.length ?? 0}
          columns={names}
          blockers={blockers}
        />
      ))}
    </div>
  );
}

/** What can be done with the task set that the cards came from. */
function TaskSetActions({ project }: { project: Project }): ReactElement | null {
  const documents = useDocuments(project.id);
  const id = documents.data?.find(({ kind, feature_id }) => kind === 'task_set' && feature_id === null)?.id;
  const document = useQuery({ ...read.document(useClient(), project.id, id ?? ''), enabled: id !== undefined });
  return document.data ? <DocumentActions project={project} document={document.data} /> : null;
}

function withCard(query: URLSearchParams, key: string | null): URLSearchParams {
  if (key === null) query.delete('card');
  else query.set('card', key);
  return query;
}
