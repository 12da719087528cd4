import type { Schemas } from '@planwright/client';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { Ago } from '../format/ago.js';
import { costWords } from '../regenerate/estimate-words.js';
import { Badge } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { isReadable, originOf, statusOf, versionPath } from './version-words.js';
import styles from './versions.module.css';

interface VersionRowProps {
  projectId: string;
  version: Schemas['VersionSummary'];
  /** The run that wrote it, where it is known. */
  run: Schemas['RunSummary'] | undefined;
  isActive: boolean;
  /** Null where there is nothing to compare it with. */
  isChosen: boolean | null;
  onChoose: () => void;
  onActivate: () => void;
}

/** One version in the history. */
export function VersionRow({
  projectId,
  version,
  run,
  isActive,
  isChosen,
  onChoose,
  onActivate,
}: VersionRowProps): ReactElement {
  const { id, number, document_id: documentId, status } = version;
  const name = `Version ${number}`;
  return (
    <li className={styles.row}>
      <div className={styles.choose}>
        {isChosen !== null && isReadable(version) && (
          <input type="checkbox" checked={isChosen} onChange={onChoose} aria-label={`Compare version ${number}`} />
        )}
      </div>
      <div className={styles.what}>
        <p className={styles.name}>
          <Link href={versionPath(projectId, documentId, id)}>{name}</Link>
          {isActive && <Badge tone="good">Active</Badge>}
          {status !== 'ready' && <Badge tone={statusOf(version).tone}>{statusOf(version).word}</Badge>}
        </p>
        <VersionFacts projectId={projectId} version={version} run={run} />
      </div>
      {!isActive && isReadable(version) && (
        <Button small onClick={onActivate} aria-label={`Make active: version ${number}`}>
          Make active
        </Button>
      )}
    </li>
  );
}

interface VersionFactsProps {
  projectId: string;
  version: Omit<Schemas['VersionSummary'], 'sections'>;
  /** The run that wrote it, where it is known. */
  run: Schemas['RunSummary'] | undefined;
}

/** When a version was written, by whom, for how much and in which run. */
export function VersionFacts({ projectId, version, run }: VersionFactsProps): ReactElement {
  const { created_at: at, provider, model, cost, run_id: runId } = version;
  const origin = originOf(version, run);
  return (
    <ul role="list" className={styles.facts}>
      <li>
        <Ago at={at} />
      </li>
      {provider !== null && (
        <li>
          {provider}, {model}
        </li>
      )}
      {cost !== null && <li>{costWords(cost)}</li>}
      <li>
        {runId === null ? (
          origin
        ) : (
          <>
            by <Link href={`/projects/${projectId}/runs#${runId}`}>{origin}</Link>
          </>
        )}
      </li>
    </ul>
  );
}
