import type { ReactElement } from 'react';
import { useState } from 'react';
import { useClient } from '@planwright/client/react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ago } from '../../format/ago.js';
import { counted } from '../../format/numbers.js';
import { formatInstant } from '../../format/time.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { ErrorNotice, Loading } from '../../ui/notice.js';
import { settings, useDeliveries } from '../queries.js';
import { ReadError } from '../read-error.js';
import styles from '../settings.module.css';
import type { Delivery } from './webhook-state.js';
import { deliveryState } from './webhook-state.js';

const FILTERS = [
  { id: 'all', title: 'All' },
  { id: 'failed', title: 'Failed' },
  { id: 'waiting', title: 'Waiting' },
  { id: 'delivered', title: 'Delivered' },
] as const;
type Filter = (typeof FILTERS)[number]['id'];

/** What was sent to a webhook lately, and what became of it. */
export function Deliveries({ webhookId, isEnabled }: { webhookId: string; isEnabled: boolean }): ReactElement {
  const [filter, setFilter] = useState<Filter>('all');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isFetching } = useDeliveries(
    webhookId,
    filter === 'all' ? undefined : filter,
  );
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <div className={styles.head}>
        <label className={styles.filter}>
          Show
          <select value={filter} onChange={(event) => setFilter(event.target.value as Filter)}>
            {FILTERS.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <Button small busy={isFetching && !isFetchingNextPage} onClick={() => void refetch()}>
          Look again
        </Button>
      </div>
      {error && !data && <ReadError error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading what="the deliveries" />}
      {data && items.length === 0 && (
        <p className={styles.soft}>Nothing {filter === 'all' ? 'was sent in the last 30 days' : `is ${filter}`}.</p>
      )}
      {items.length > 0 && (
        <ul role="list" className={styles.lines}>
          {items.map((delivery) => (
            <OneDelivery key={delivery.id} delivery={delivery} isEnabled={isEnabled} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <div>
          <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

function OneDelivery({ delivery, isEnabled }: { delivery: Delivery; isEnabled: boolean }): ReactElement {
  const client = useClient();
  const queries = useQueryClient();
  const replay = useMutation({
    mutationFn: () => client.webhooks.replay(delivery.webhook_id, delivery.id),
    onSuccess: () =>
      queries.invalidateQueries({ queryKey: [...settings.webhooks(client).queryKey, delivery.webhook_id] }),
  });
  const { tone, title, detail } = deliveryState(delivery);
  return (
    <li className={styles.line}>
      <div>
        <p className={styles.name}>
          <code className={styles.code}>{delivery.event}</code>
          <Badge tone={tone}>{title}</Badge>
          {delivery.replay_of && <Badge>Replay</Badge>}
        </p>
        <p className={styles.soft}>
          <Ago at={delivery.created_at} />, {counted(delivery.attempts, 'attempt')}
          {detail && `: ${detail}`}
        </p>
        {delivery.next_attempt_at && (
          <p className={styles.soft}>Next attempt: {formatInstant(delivery.next_attempt_at)}</p>
        )}
        {replay.error && <ErrorNotice error={replay.error} />}
      </div>
      {delivery.status !== 'waiting' && isEnabled && (
        <Button small busy={replay.isPending} onClick={() => replay.mutate()}>
          Send again
        </Button>
      )}
    </li>
  );
}
