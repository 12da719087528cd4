import type { ReactElement } from 'react';
import { Ago } from '../../format/ago.js';
import { Button } from '../../ui/button.js';
import { Loading } from '../../ui/notice.js';
import { useApiKeys, useAudit } from '../queries.js';
import { ReadError } from '../read-error.js';
import styles from '../settings.module.css';
import { actionWords, actorWords } from './audit-words.js';

/** Who changed what in the workspace, the newest first. */
export function AuditPart(): ReactElement {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useAudit();
  const keys = useApiKeys();
  const names = new Map(keys.data?.map(({ id, name }) => [id, `“${name}”`]));
  const entries = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={styles.part}>
      <div>
        <h2>Audit log</h2>
        <p className={styles.soft}>What can’t be undone, and who did it. Nobody can change or delete an entry.</p>
      </div>
      {error && !data && <ReadError error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading what="the audit log" />}
      {data && entries.length === 0 && <p className={styles.soft}>Nothing is noted yet.</p>}
      {entries.length > 0 && (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Who</th>
              <th scope="col">When</th>
              <th scope="col">Of</th>
            </tr>
          </thead>
          <tbody>
            {entries.map(({ id, action, actor, subject, at }) => (
              <tr key={id}>
                <th scope="row">{actionWords(action)}</th>
                <td>{actorWords(actor, names)}</td>
                <td>
                  <Ago at={at} />
                </td>
                <td>
                  <code>{subject}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {hasNextPage && (
        <div>
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </section>
  );
}
