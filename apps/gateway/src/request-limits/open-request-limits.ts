import { connectRedis } from '@planwright/runtime';
import type { Logger } from '@planwright/runtime';
import { RequestLimits } from './request-limits.js';
import type { RequestLimitSettings, SharedCounts } from './request-limits.js';

interface LimitsConfig {
  PLANWRIGHT_REQUESTS_PER_MINUTE?: number | undefined;
  PLANWRIGHT_REFUSED_KEYS_PER_MINUTE?: number | undefined;
}

/** Where nobody needs a key there is one caller, this machine, and no limit unless it is asked for. */
export function limitSettings(config: LimitsConfig, auth: 'off' | 'required'): RequestLimitSettings {
  const keyed = auth === 'required';
  return {
    perKey: config.PLANWRIGHT_REQUESTS_PER_MINUTE ?? (keyed ? 600 : 0),
    failuresPerAddress: config.PLANWRIGHT_REFUSED_KEYS_PER_MINUTE ?? (keyed ? 60 : 0),
  };
}

/** The limits of this process alone, or with `shared` of all that share these counts. */
export function requestLimits(config: LimitsConfig, auth: 'off' | 'required', shared?: SharedCounts): RequestLimits {
  return new RequestLimits(limitSettings(config, auth), shared);
}

const COMMAND_TIMEOUT_MS = 250;

/** The limits of all gateways of an installation together, with a connection to Redis of their own. */
export function openRequestLimits(
  config: LimitsConfig & { REDIS_URL: string; PLANWRIGHT_PREFIX: string },
  auth: 'off' | 'required',
  log: Logger,
): { limits: RequestLimits; close(): void } {
  const { redis } = connectRedis<object>({
    url: config.REDIS_URL,
    name: 'planwright-gateway-requests',
    what: 'request limits',
    commandTimeoutMs: COMMAND_TIMEOUT_MS,
    scripts: {},
    log,
  });
  const limits = requestLimits(config, auth, { redis, prefix: `${config.PLANWRIGHT_PREFIX}:` });
  return { limits, close: () => redis.disconnect() };
}
