import type { ReactElement } from 'react';
import { useState } from 'react';
import { useClient } from '@planwright/client/react';
import { useQueries } from '@tanstack/react-query';
import type { Project } from '../project/queries.js';
import { read, useDocuments } from '../project/queries.js';
import { useNames } from '../project/use-names.js';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { RegenerateDialog } from './regenerate-dialog.js';
import { staleIn, staleSentence } from './stale.js';
import styles from './regenerate.module.css';

/** Says what of a project was made from texts that have changed since, and brings it up to date. */
export function StaleNotice({ project }: { project: Project }): ReactElement | null {
  const client = useClient();
  const names = useNames();
  const [isOpen, setIsOpen] = useState(false);
  // What belongs to a feature is brought up to date with it.
  const outdated = (useDocuments(project.id).data ?? []).filter(
    ({ stale, status, feature_id: feature }) => stale && status !== 'archived' && feature === null,
  );
  const documents = useQueries({
    queries: outdated.map(({ id }) => read.document(client, project.id, id)),
    combine: (all) => all.flatMap(({ data }) => data ?? []),
  });
  if (outdated.length === 0) return null;
  const stale = staleIn(documents, names);
  return (
    <div data-print="no">
      <Notice
        tone="warn"
        actions={
          <Button small onClick={() => setIsOpen(true)}>
            Bring everything up to date
          </Button>
        }
      >
        <div className={styles.stale}>
          <p>{staleSentence(outdated.map(({ kind }) => names.document(kind)))}</p>
          {stale.length > 0 && (
            <details>
              <summary>Which sections</summary>
              <ul>
                {stale.map(({ kind, title, sections }) => (
                  <li key={kind}>
                    {title}: {sections.join(', ')}
                  </li>
                ))}
              </ul>
            </details>
          )}
        </div>
      </Notice>
      {isOpen && (
        <RegenerateDialog
          projectId={project.id}
          title="Bring everything up to date"
          wish={{ what: 'stale' }}
          onClose={() => setIsOpen(false)}
        />
      )}
    </div>
  );
}
