import type { FormEvent, ReactElement } from 'react';
import { useState } from 'react';
import { useClient, useRun } from '@planwright/client/react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Project } from '../project/queries.js';
import { read } from '../project/queries.js';
import { useNames } from '../project/use-names.js';
import { Button } from '../ui/button.js';
import { Dialog, DialogActions } from '../ui/dialog.js';
import { ErrorNotice } from '../ui/notice.js';
import { conflictOf } from './conflict.js';
import { ConflictNotice } from './conflict-notice.js';
import { amountWords } from './estimate-words.js';
import type { Offered } from './offer.js';
import { offerOf, question } from './offer.js';
import type { StartedRun } from './started-runs.js';
import { startedRuns } from './started-runs.js';
import { toggled } from './toggled.js';
import { useQuietMoment } from './use-quiet-moment.js';
import { usePreview, useRegenerate } from './use-regenerate.js';
import { useStartedRuns } from './use-started-runs.js';
import type { Choices } from './wish.js';
import { AS_USUAL, requestOf } from './wish.js';
import styles from './regenerate.module.css';

/** After sections were written anew: offers to write those anew that used them. One run after the other. */
export function AffectedDialog({ project }: { project: Project }): ReactElement | null {
  const started = useStartedRuns().find(({ projectId }) => projectId === project.id);
  return started ? <Outcome key={started.runId} started={started} /> : null;
}

/** Waits for the end of a run, and then for a moment in which a question disturbs nobody. */
function Outcome({ started }: { started: StartedRun }): ReactElement | null {
  const { runId, projectId } = started;
  const client = useClient();
  const queries = useQueryClient();
  const names = useNames();
  const { view, error } = useRun(runId);
  const hasEnded = view.ended !== null || error !== null;
  const wrote = view.status === 'succeeded' || view.status === 'partial';
  const offer = useQuery({
    queryKey: ['project', projectId, 'offer', runId],
    enabled: hasEnded,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      if (!wrote) return forgotten(runId);
      const all = await queries.fetchQuery({ ...read.documents(client, projectId), staleTime: 0 });
      const wanted = all.filter(
        ({ kind, feature_id: feature }) =>
          feature === null && started.affected.some(({ document }) => document === kind),
      );
      const documents = await Promise.all(
        wanted.map(({ id }) => queries.fetchQuery({ ...read.document(client, projectId, id), staleTime: 0 })),
      );
      const offered = offerOf(started, documents, names);
      return offered.length > 0 ? offered : forgotten(runId);
    },
  });
  const isQuiet = useQuietMoment((offer.data?.length ?? 0) > 0);
  if (!offer.data || offer.data.length === 0 || !isQuiet) return null;
  return <Question started={started} offered={offer.data} />;
}

/** Nothing is to be asked about the run: the next one may have its turn. */
function forgotten(runId: string): Offered[] {
  setTimeout(() => startedRuns.forget(runId), 0);
  return [];
}

function Question({ started, offered }: { started: StartedRun; offered: readonly Offered[] }): ReactElement {
  const { runId, projectId, about } = started;
  const names = useNames();
  const [chosen, setChosen] = useState(offered.map(({ id }) => id));
  const [onConflict, setOnConflict] = useState<Choices['onConflict']>('reject');
  const sections = offered.flatMap((one) => (chosen.includes(one.id) ? one.sections : []));
  const request = requestOf({ what: 'sections', sections }, { ...AS_USUAL, onConflict });
  const preview = usePreview(projectId, request, sections.length > 0);
  const declined = offered.flatMap((one) => (chosen.includes(one.id) ? [] : one.sections));
  const regenerate = useRegenerate(projectId, 'sections', declined);
  const failure = regenerate.error ?? (sections.length > 0 ? preview.error : null);
  const conflict = conflictOf(failure, names);
  const dismiss = () => startedRuns.forget(runId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!regenerate.isPending) regenerate.mutate(request, { onSuccess: dismiss });
  };
  return (
    <Dialog title="Some texts may be outdated now" onClose={dismiss}>
      <form onSubmit={submit} className={styles.form}>
        <p>{question(about, offered)}</p>
        <fieldset className={styles.choices}>
          <legend className="visually-hidden">What to regenerate</legend>
          <div className={styles.stack}>
            {offered.map(({ id, title }) => (
              <label key={id} className={styles.check}>
                <input type="checkbox" checked={chosen.includes(id)} onChange={() => setChosen(toggled(chosen, id))} />
                {title}
              </label>
            ))}
          </div>
        </fieldset>
        {conflict ? (
          <ConflictNotice
            projectId={projectId}
            conflict={conflict}
            chosen={onConflict}
            onChoose={(next) => {
              regenerate.reset();
              setOnConflict(next);
            }}
          />
        ) : (
          failure !== null && <ErrorNotice error={failure} />
        )}
        <p className={styles.soft} aria-busy={preview.isBehind}>
          {sections.length === 0
            ? 'Nothing is chosen.'
            : preview.data
              ? `This takes ${amountWords(preview.data)}.`
              : 'Working out what this takes…'}
        </p>
        <DialogActions>
          <Button onClick={dismiss}>Dismiss</Button>
          <Button type="submit" look="primary" busy={regenerate.isPending} disabled={sections.length === 0}>
            Regenerate
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
