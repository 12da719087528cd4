import type { BucketView } from '@planwright/limits';
import { oneLine, table } from '../text.js';

const RESOURCES = ['requests', 'tokens', 'input_tokens', 'output_tokens'] as const;
const WORDS = { requests: 'calls', tokens: 'tokens', input_tokens: 'in', output_tokens: 'out' } as const;

/** A line for each bucket: what a provider counts together. */
export function limitsReport(buckets: readonly BucketView[]): string {
  if (buckets.length === 0) return 'No provider with a limit was called in the last two hours.\n';
  const rows = buckets.map(({ bucket, limits, calls, waiting, pause }) => {
    const [provider = '', credential = '', ...group] = bucket.split(':');
    const perMinute = RESOURCES.flatMap((name) => {
      const limit = limits[name]?.limit;
      return limit === undefined ? [] : [`${Math.round(limit).toLocaleString('en')} ${WORDS[name]}`];
    });
    const paused = pause ? `${pause.code}, for ${Math.ceil(pause.ms / 1_000)} s` : '–';
    const name = [provider, group.join(':'), credential].map((part) => oneLine(part, 60));
    return [...name, perMinute.join(', ') || '–', String(calls), String(waiting), paused];
  });
  const head = ['provider', 'models', 'key', 'limits a minute', 'running', 'waiting', 'left alone'];
  return `${table([head, ...rows], [4, 5]).join('\n')}\n`;
}
