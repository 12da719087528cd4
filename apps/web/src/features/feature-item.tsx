import type { ReactElement } from 'react';
import { useState } from 'react';
import type { FeatureEvent, Schemas } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCw, X } from 'lucide-react';
import { Link } from 'wouter';
import { Ago } from '../format/ago.js';
import { counted } from '../format/numbers.js';
import type { Project } from '../project/queries.js';
import { Badge } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { ErrorNotice } from '../ui/notice.js';
import { Spinner } from '../ui/spinner.js';
import type { Feature } from './feature-words.js';
import { excerpt, isRunning, statusOf } from './feature-words.js';
import styles from './features.module.css';

interface FeatureItemProps {
  project: Project;
  feature: Feature;
  /** Its spec and its task set. */
  documents: readonly Schemas['DocumentSummary'][];
  latest: FeatureEvent | undefined;
}

const LONG = 320;

/** One feature of the history: what was asked for, what became of it, and what can be done now. */
export function FeatureItem({ project, feature, documents, latest }: FeatureItemProps): ReactElement {
  const { word, tone } = statusOf(feature);
  const runs = isRunning(feature);
  const progress = runs && latest?.type === 'feature.progress' && latest.run_id === feature.run_id && latest.message;
  const isStale = feature.status === 'completed' && documents.some(({ stale }) => stale);
  return (
    <li className={styles.item} data-feature={feature.id}>
      <div className={styles.main}>
        <p className={styles.meta}>
          <Badge tone={tone}>
            {runs && <Spinner />}
            {word}
          </Badge>
          {isStale && <Badge tone="warn">Made from an older plan</Badge>}
          {progress && <span>{progress}</span>}
          <span>
            <Ago at={feature.created_at} />
          </span>
          <Results project={project} feature={feature} documents={documents} />
        </p>
        <Description text={feature.description} />
        {feature.status === 'failed' && feature.error_message && (
          <p className={styles.error}>{feature.error_message}</p>
        )}
      </div>
      <Actions project={project} feature={feature} isStale={isStale} />
    </li>
  );
}

function Description({ text }: { text: string }): ReactElement {
  const [isWhole, setIsWhole] = useState(false);
  return (
    <div>
      <p className={styles.text}>{isWhole || text.length <= LONG ? text : excerpt(text, LONG)}</p>
      {text.length > LONG && (
        <button type="button" className={styles.more} aria-expanded={isWhole} onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? 'Show less' : 'Show all'}
        </button>
      )}
    </div>
  );
}

function Results({ project, feature, documents }: Omit<FeatureItemProps, 'latest'>): ReactElement {
  const at = `/projects/${project.id}`;
  const spec = documents.find(({ kind }) => kind === 'feature_spec');
  return (
    <>
      {feature.task_count > 0 && (
        <Link href={`${at}/board?feature=${feature.id}`}>{counted(feature.task_count, 'card')}</Link>
      )}
      {spec && feature.spec_version_id && (
        <Link href={`${at}/documents/${spec.id}/versions/${feature.spec_version_id}`}>Read the spec</Link>
      )}
    </>
  );
}

function Actions({
  project,
  feature,
  isStale,
}: {
  project: Project;
  feature: Feature;
  isStale: boolean;
}): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['project', project.id, 'features'] });
  const retry = useMutation({ mutationFn: () => client.features.retry(feature.id), onSuccess });
  const cancel = useMutation({ mutationFn: () => client.features.cancel(feature.id), onSuccess });
  const about = excerpt(feature.description, 40);
  const error = retry.error ?? cancel.error;
  return (
    <div className={styles.actions}>
      {isRunning(feature) && (
        <Button small busy={cancel.isPending} aria-label={`Cancel: ${about}`} onClick={() => cancel.mutate()}>
          <X /> {cancel.isSuccess ? 'Cancelling…' : 'Cancel'}
        </Button>
      )}
      {(feature.status === 'failed' || isStale) && (
        <Button
          small
          busy={retry.isPending}
          aria-label={`${isStale ? 'Write anew' : 'Retry'}: ${about}`}
          onClick={() => retry.mutate()}
        >
          <RotateCw /> {isStale ? 'Write anew' : 'Retry'}
        </Button>
      )}
      {error && <ErrorNotice error={error} />}
    </div>
  );
}
