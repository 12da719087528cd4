import type { ReactElement } from 'react';
import type { Schemas } from '@planwright/client';
import { CirclePause } from 'lucide-react';
import { counted } from '../format/numbers.js';
import { formatCountdown } from '../format/time.js';
import { useNow } from '../format/use-now.js';
import { Badge } from '../ui/badge.js';
import { ErrorNotice, Loading, Notice } from '../ui/notice.js';
import { Bar } from './bar.js';
import { useLimits } from './queries.js';
import { WaitingList } from './waiting-list.js';
import { levelShare, levelWords, needsPerson, pauseWords, resourceWords } from './waits.js';
import styles from './usage.module.css';

/** What the providers' limits leave at this moment, and who waits for them; follows along while it is looked at. */
export function LimitsNow(): ReactElement {
  const { data, error, refetch } = useLimits();
  return (
    <>
      <section className={styles.part}>
        <h2>Limits right now</h2>
        {error && !data && <ErrorNotice error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading what="the limits" />}
        {data && <Providers providers={data.providers} />}
      </section>
      {data && <WaitingList waiting={data.waiting} total={data.waiting_steps} />}
    </>
  );
}

function Providers({ providers }: { providers: readonly Schemas['ProviderLimits'][] | null }): ReactElement {
  if (providers === null) {
    return (
      <Notice tone="warn">The limits can’t be read at the moment. Writing goes on with a careful share of them.</Notice>
    );
  }
  if (providers.length === 0) {
    return <p className={styles.soft}>No provider with a limit was called in the last two hours.</p>;
  }
  return (
    <ul role="list" className={styles.providers}>
      {providers.map((provider, place) => (
        <Provider key={`${provider.provider}/${provider.model}/${place}`} of={provider} />
      ))}
    </ul>
  );
}

function Provider({ of }: { of: Schemas['ProviderLimits'] }): ReactElement {
  const { provider, model, limits, calls, waiting, pause } = of;
  return (
    <li className={styles.provider}>
      <div className={styles.row}>
        <h3>
          {model} <span className={styles.soft}>{provider}</span>
        </h3>
        {pause ? <Pause pause={pause} /> : <Badge tone="good">Available</Badge>}
      </div>
      {limits.map((limit) => (
        <div key={limit.resource} className={styles.limit}>
          <span>{resourceWords(limit.resource)}</span>
          <Bar
            name={`${resourceWords(limit.resource)} of ${model}`}
            share={levelShare(limit)}
            words={levelWords(limit)}
          />
          <span className={styles.soft}>{levelWords(limit)}</span>
        </div>
      ))}
      <p className={styles.soft}>
        {counted(calls, 'call')} running, {counted(waiting, 'section')} in line, counted over everybody who writes here
      </p>
    </li>
  );
}

function Pause({ pause }: { pause: NonNullable<Schemas['ProviderLimits']['pause']> }): ReactElement {
  return (
    <Badge tone={needsPerson(pause.reason) ? 'bad' : 'warn'}>
      <CirclePause aria-hidden="true" />
      {pauseWords(pause.reason)}
      {!needsPerson(pause.reason) && <Until at={pause.ends_at} />}
    </Badge>
  );
}

/** What is left of a wait, by the second. */
function Until({ at }: { at: string }): ReactElement {
  const left = Date.parse(at) - useNow(1_000);
  return <span className={styles.countdown}>{left > 0 ? `for ${formatCountdown(left)}` : 'until any moment'}</span>;
}
