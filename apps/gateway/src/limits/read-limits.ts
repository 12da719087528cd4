import type { LimitsReport, ProviderLimits } from '@planwright/contracts';
import { LIMITED_RESOURCES } from '@planwright/contracts';
import type { BucketView } from '@planwright/limits';
import type { Database } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';

/** Of the limiter that the generators share, all that a gateway has to do with: it looks, and changes nothing. */
export interface LimitsView {
  view(): Promise<BucketView[]>;
}

/** So many steps are told one by one. */
const MOST_STEPS = 100;

/**
 * What limits the writing, and who of a workspace waits for it. Steps stand in the database; while the store of the limits
 * does not answer they are told all the same, as that is when people wonder.
 */
export class ReadLimits {
  constructor(
    private readonly database: Database,
    private readonly limits: LimitsView,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  async execute(workspaceId: string): Promise<LimitsReport> {
    const [buckets, waiting] = await Promise.all([
      this.limits.view().catch((error: unknown) => {
        this.log.warn({ err: error }, 'limits can not be read; waiting steps are shown without them');
        return null;
      }),
      this.database.read.waitingSteps(workspaceId, MOST_STEPS),
    ]);
    const now = this.clock.now();
    const providers = buckets && buckets.map((bucket) => limitsOf(bucket, now)).sort(byName);
    return { providers, ...waiting };
  }
}

/** A bucket without the key it counts by, which is the operator's. `now`: in ms since 1970. */
function limitsOf({ bucket, limits, calls, waiting, pause }: BucketView, now: number): ProviderLimits {
  const [provider = '', _credential, ...group] = bucket.split(':');
  return {
    provider,
    model: group.join(':'),
    limits: LIMITED_RESOURCES.flatMap((resource) => {
      const known = limits[resource];
      if (!known) return [];
      const { limit, level, capacity } = known;
      return [{ resource, per_minute: whole(limit), level: whole(level), capacity: whole(capacity) }];
    }),
    calls,
    waiting,
    pause: pause && { reason: pause.code, ends_at: new Date(now + pause.ms).toISOString() },
  };
}

/** Levels have fractions, and are below nothing after more was used than was reserved. */
const whole = (amount: number): number => Math.max(0, Math.floor(amount));

const byName = (a: ProviderLimits, b: ProviderLimits): number =>
  a.provider.localeCompare(b.provider, 'en') || a.model.localeCompare(b.model, 'en');
