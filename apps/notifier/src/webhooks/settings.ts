/** Limits of one replica; times in milliseconds. */
export interface WebhookSettings {
  /** Deliveries under way at once. */
  slots: number;
  /** Of one webhook; of one that fails, 1. */
  perWebhook: number;
  /** For one attempt, from the name to the status of the answer. */
  timeoutMs: number;
  /** A claim that was not settled lapses after this; well above `timeoutMs`. */
  leaseMs: number;
  /** How often is asked what is due, beside being woken. */
  pollMs: number;
  /** How often is looked for events nobody was told of. */
  sweepMs: number;
  /** At shutdown, how long what is under way may take to end. */
  drainMs: number;
}

export const DEFAULT_WEBHOOK_SETTINGS: WebhookSettings = {
  slots: 128,
  perWebhook: 4,
  timeoutMs: 15_000,
  leaseMs: 60_000,
  pollMs: 1_000,
  sweepMs: 15_000,
  drainMs: 3_000,
};
