import { jsonField } from '@planwright/runtime';
import { z } from 'zod';
import { mergePrices } from './prices/merge-prices.js';
import type { PriceTable } from './prices/price-table.js';
import { builtInPrices } from './prices/price-table.js';
import type { LimitsSetting } from './quotas/limits-setting.js';
import { limitsSetting } from './quotas/limits-setting.js';

const ownPrices = z.unknown().transform((given, context): PriceTable => {
  try {
    return mergePrices(builtInPrices(), given);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

/** Of every process that reckons what calls cost, also before they are made. */
export const priceFields = {
  PLANWRIGHT_PRICES: jsonField<PriceTable, { description: string }>(ownPrices, {
    description: 'Prices that replace or complete those that come with this release; see limits.md.',
  }),
};

/** Of the processes that reserve calls. */
export const limitsFields = {
  PLANWRIGHT_LIMITS: jsonField<LimitsSetting, { default: LimitsSetting; description: string }>(limitsSetting, {
    default: {},
    description: 'Limits of providers and models, as first guess and ceiling; see limits.md.',
  }),
  ...priceFields,
};
