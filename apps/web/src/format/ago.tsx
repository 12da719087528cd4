import type { ReactElement } from 'react';
import { formatAgo, formatInstant } from './time.js';
import { useNow } from './use-now.js';

/** How long ago an instant was; the instant itself on hover, and for machines. */
export function Ago({ at }: { at: string }): ReactElement {
  const now = useNow(30_000);
  return (
    <time dateTime={at} title={formatInstant(at)}>
      {formatAgo(at, now)}
    </time>
  );
}
