import type { ReactElement } from 'react';
import { Plus } from 'lucide-react';
import { counted } from '../format/numbers.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { ErrorNotice, Loading } from '../ui/notice.js';
import { useCoverage } from './board-queries.js';
import styles from './panels.module.css';

interface CoveragePanelProps {
  projectId: string;
  onAdd: (requirement: string) => void;
  onOpen: (cardKey: string) => void;
  onClose: () => void;
}

/** Which requirements of the PRD have cards, and which have none. */
export function CoveragePanel({ projectId, onAdd, onOpen, onClose }: CoveragePanelProps): ReactElement {
  const coverage = useCoverage(projectId);
  const { requirements, tasks } = coverage.data ?? {};
  return (
    <Dialog title="Requirements" onClose={onClose}>
      {coverage.isPending && <Loading what="the requirements" />}
      {coverage.error && <ErrorNotice error={coverage.error} onRetry={() => void coverage.refetch()} />}
      {requirements?.total === 0 && (
        <p className={styles.soft}>The PRD has no numbered requirements. A detailed PRD has them.</p>
      )}
      {requirements && requirements.total > 0 && (
        <>
          <div className={styles.share}>
            <p>
              {requirements.covered} of {counted(requirements.total, 'requirement has', 'requirements have')} cards.
            </p>
            <progress value={requirements.covered} max={requirements.total} aria-label="Requirements with cards" />
          </div>
          {requirements.without_tasks.length > 0 && <h3>Without cards</h3>}
          <ul role="list" className={styles.list}>
            {requirements.without_tasks.map(({ id, text }) => (
              <li key={id} className={styles.row}>
                <p className={styles.rowText}>
                  <span className={styles.key}>{id}</span> {text}
                </p>
                <Button small aria-label={`Add a card for ${id}`} onClick={() => onAdd(id)}>
                  <Plus /> Add card
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      {tasks && tasks.without_requirements.length > 0 && (
        <details className={styles.unlinked}>
          <summary>
            {counted(tasks.without_requirements.length, 'card is', 'cards are')} linked to no requirement
          </summary>
          <ul role="list" className={styles.list}>
            {tasks.without_requirements.map(({ id, key, title }) => (
              <li key={id} className={styles.row}>
                <p className={styles.rowText}>
                  <span className={styles.key}>{key}</span> {title}
                </p>
                <Button small aria-label={`Open ${key}`} onClick={() => onOpen(key)}>
                  Open
                </Button>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Dialog>
  );
}
