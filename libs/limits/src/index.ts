export { limitsFields, priceFields } from './config.js';
export { createInProcessLimiter } from './limiter/in-process/in-process-limiter.js';
export { createRedisLimiter } from './limiter/redis/redis-limiter.js';
export type { RedisLimiterOptions } from './limiter/redis/redis-limiter.js';
export { LocalShare } from './limiter/local-share.js';
export { RENEW_RESERVATIONS_EVERY_MS, RESERVATION_TTL_MS } from './limiter/limiter.js';
export type {
  Amounts,
  Answer,
  Ask,
  BucketView,
  Budget,
  LimitTerms,
  Held,
  Limiter,
  Seen,
  Settlement,
  Terms,
  WaitReason,
} from './limiter/limiter.js';
export { amountsOf, chargedFor, chargedForRefused, PROFILES } from './quotas/profiles.js';
export type { AccountingProfile, Estimate, ProfileName } from './quotas/profiles.js';
export { limitsSetting } from './quotas/limits-setting.js';
export type { LimitsSetting } from './quotas/limits-setting.js';
export { Quotas, unlimited } from './quotas/quotas.js';
export type { Quota } from './quotas/quotas.js';
export { Estimates } from './quotas/estimates.js';
export { costOf, priceOf } from './prices/price.js';
export { builtInPrices } from './prices/price-table.js';
export type { Price, PriceTable } from './prices/price-table.js';
