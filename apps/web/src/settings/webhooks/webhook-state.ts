import type { Schemas } from '@planwright/client';
import type { Tone } from '../../ui/badge.js';

export type Webhook = Schemas['Webhook'];
export type Delivery = Schemas['Delivery'];

/** Events that can be subscribed to, with what they tell. */
export const EVENTS = [
  { event: 'run.started', title: 'A run began' },
  { event: 'run.ended', title: 'A run ended' },
  { event: 'document.completed', title: 'A document ended' },
  { event: 'feature.generated', title: 'A feature is written' },
  { event: 'feature.generation.failed', title: 'A feature failed' },
  { event: 'task.created', title: 'A card was made' },
  { event: 'task.updated', title: 'A card was edited' },
  { event: 'task.moved', title: 'A card was moved' },
  { event: 'task.deleted', title: 'A card was deleted' },
  { event: 'task.restored', title: 'A card was brought back' },
] as const;
export type EventName = (typeof EVENTS)[number]['event'] | '*';

export interface StateView {
  tone: Tone;
  title: string;
  /** Why, and what to do; null where there is nothing to say. */
  detail: string | null;
}

const OFF: Readonly<Record<string, string>> = {
  person: 'Somebody switched it off.',
  gone: 'Its receiver answered that it is gone (410). Switch it on once there is one again.',
  failing: 'Nothing got through for five days. Look at the deliveries, mend the receiver and switch it on.',
};

/** How a webhook is doing. */
export function webhookState(hook: Pick<Webhook, 'enabled' | 'disabled_reason' | 'failing_since'>): StateView {
  if (!hook.enabled) {
    const detail = OFF[hook.disabled_reason ?? 'person'] ?? 'It was switched off.';
    return { tone: hook.disabled_reason === 'person' ? 'plain' : 'bad', title: 'Off', detail };
  }
  if (hook.failing_since !== null) {
    return {
      tone: 'warn',
      title: 'Failing',
      detail: 'Messages do not get through; they are tried again for three days.',
    };
  }
  return { tone: 'good', title: 'On', detail: null };
}

/** What became of a message. */
export function deliveryState({ status, attempts, last_status, last_error }: Delivery): StateView {
  const answered = last_status === null ? null : `answered ${last_status}`;
  const detail = [last_error ?? answered].filter((part) => part !== null).join('');
  switch (status) {
    case 'delivered':
      return { tone: 'good', title: 'Delivered', detail: answered };
    case 'failed':
      return { tone: 'bad', title: 'Failed', detail: detail || null };
    case 'waiting':
      return {
        tone: attempts === 0 ? 'plain' : 'warn',
        title: attempts === 0 ? 'Waiting' : 'Trying again',
        detail: detail || null,
      };
    default:
      return { tone: 'plain', title: String(status), detail: null };
  }
}

/** What a webhook is told of, in a line. */
export function eventsWords(events: readonly string[]): string {
  if (events.includes('*')) return 'everything';
  return events.join(', ');
}
