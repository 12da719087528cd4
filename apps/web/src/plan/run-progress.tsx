import type { ReactElement } from 'react';
import { ArrowDownToLine } from 'lucide-react';
import { counted } from '../format/numbers.js';
import { formatDuration } from '../format/time.js';
import { Button } from '../ui/button.js';
import { CancelButton } from './cancel-button.js';
import { stagesOf, stageWords } from './stages.js';
import type { LiveRun } from './use-plan.js';
import { useLastingly } from './use-lastingly.js';
import styles from './plan.module.css';

interface RunProgressProps {
  projectId: string;
  kind: string;
  live: LiveRun;
  follow: { isOn: boolean; set(isOn: boolean): void };
}

/** How far the run is with this document: its stages, what is done, how long it still takes, and how to stop it. */
export function RunProgress({ projectId, kind, live, follow }: RunProgressProps): ReactElement {
  const { followed, view, turn, run } = live;
  const own = followed.sections.filter(({ document }) => document === kind);
  const stages = turn ? stagesOf(turn, own) : [];
  const done = own.filter(({ status }) => status === 'completed').length;
  const isLost = useLastingly(!followed.isConnected && !live.isOver, 2_000);
  return (
    <section className={styles.progress} aria-label="Progress" data-print="no">
      <div className={styles.progressRow}>
        <p className={styles.progressWords}>
          <strong>{whereItIs(live)}</strong>
          <span>
            {done} of {counted(own.length, 'section')}
          </span>
          {view?.etaSeconds != null && view.etaSeconds > 0 && <span>about {formatDuration(view.etaSeconds)} left</span>}
        </p>
        <div className={styles.progressActions}>
          <Button small look="quiet" aria-pressed={follow.isOn} onClick={() => follow.set(!follow.isOn)}>
            <ArrowDownToLine /> Follow
          </Button>
          <CancelButton projectId={projectId} runId={run.id} />
        </div>
      </div>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label="Sections done"
        aria-valuemin={0}
        aria-valuemax={own.length}
        aria-valuenow={done}
        aria-valuetext={`${done} of ${counted(own.length, 'section')}${turn && stageWords(turn) ? `, ${stageWords(turn)}` : ''}`}
      >
        {stages.map(({ number, done: ended, total }) => (
          <span key={number} style={{ flexGrow: total }}>
            <span style={{ width: `${(100 * ended) / total}%` }} />
          </span>
        ))}
      </div>
      <div role="status" className={styles.lost}>
        {isLost && <p>Reconnecting… The run goes on without this page, and the text catches up.</p>}
      </div>
    </section>
  );
}

function whereItIs({ view, run, turn, isOver, followed }: LiveRun): string {
  if (isOver) return 'Finishing';
  if (followed.view.status === 'queued') return 'Waiting to begin';
  if (view?.status === 'queued') {
    const before = run.documents.find(({ id }) => id === followed.view.currentDocumentId);
    return before ? `Comes after the ${before.kind === 'prd' ? 'PRD' : before.kind.replaceAll('_', ' ')}` : 'Waiting';
  }
  return (turn && stageWords(turn)) ?? 'Writing';
}
