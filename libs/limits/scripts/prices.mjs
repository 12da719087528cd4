// Writes src/prices/prices.json from an unpacked copy of @pydantic/genai-prices (MIT) and the facts below:
//   npm pack @pydantic/genai-prices && tar xzf *.tgz
//   node libs/limits/scripts/prices.mjs ./package <day it was published> <today>
//   npx prettier --write libs/limits/src/prices/prices.json
// Only facts are taken: names, prices, thresholds. Look at the difference before it is committed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Models the package does not know yet, from the provider's own page, which compares both: a cache read of Sonnet 5.5 is
 * 5 % of its input there. Writing to the cache for five minutes is 1.25 times the input for every model.
 */
const ADDED = {
  page: 'platform.claude.com/docs/en/models/haiku-5-5/overview',
  models: [
    {
      provider: 'anthropic',
      names: ['claude-haiku-5-5'],
      effective_from: '2026-10-07',
      ...rates({ input_mtok: 0.1, cache_read_mtok: 0.01, cache_write_mtok: 0.125, output_mtok: 0.5 }),
      long: {
        above: 100_000,
        ...rates({ input_mtok: 0.5, cache_read_mtok: 0.05, cache_write_mtok: 0.625, output_mtok: 2.5 }),
      },
    },
    {
      provider: 'anthropic',
      names: ['claude-sonnet-5-5'],
      effective_from: '2026-10-07',
      ...rates({ input_mtok: 2, cache_read_mtok: 0.1, cache_write_mtok: 2.5, output_mtok: 10 }),
    },
  ],
};

/** Text models that could be called in the last two years. */
const WANTED = { openai: /^(gpt-(4o|4\.1|4\.5|[5-9])|o[134])/, anthropic: /^claude-(3-[57]|[a-z])/ };
const UNWANTED = /audio|realtime|image|transcribe|tts|search|deep-research|extended|\.ft-|claude-v/;

const [folder, published, today] = process.argv.slice(2);
if (!folder || !published || !today) throw new Error('say the folder of the package, when it was published, and today');
const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const { findProvider } = await import(pathToFileURL(join(resolve(folder), 'dist/index.js')));

const models = Object.keys(WANTED).flatMap((provider) =>
  findProvider({ providerId: provider })
    .models.filter(({ id }) => WANTED[provider].test(id) && !UNWANTED.test(id))
    .map((model) => ({ provider, names: namesOf(model), ...inForce(model) })),
);
const table = {
  version: today,
  currency: 'USD',
  source: [
    `${name} ${version} (MIT), published ${published}`,
    `${ADDED.page} (${ADDED.models.flatMap((model) => model.names).join(', ')}), read ${today}`,
  ],
  models: [...models, ...ADDED.models].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
};
writeFileSync(new URL('../src/prices/prices.json', import.meta.url), `${JSON.stringify(table, null, 2)}\n`);
console.log(`${table.models.length} models`);

function sortKey({ provider, names }) {
  return `${provider} ${names[0]}`;
}

/** The id and whatever else the package matches as a whole name; dates are left to the reader of the table. */
function namesOf({ id, match }) {
  const whole = (match.or ?? [match]).map((one) => one.equals ?? one.starts_with).filter(Boolean);
  const names = [id, ...whole].map((one) => (isDatedTwin(one, [id, ...whole]) ? undated(one) : one));
  return [...new Set(names)].filter(
    (one) => /^[a-z][a-z0-9.-]*[a-z0-9]$/.test(one) && !/-20\d\d$/.test(one) && !UNWANTED.test(one),
  );
}
function undated(model) {
  return model.replace(/-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
}
/** `gpt-4o-2024-05-13` has a price of its own, `gpt-4o-2024-11-20` is `gpt-4o`; `claude-3-7-sonnet-latest` is an id. */
function isDatedTwin(model, all) {
  return undated(model) !== model && all.includes(undated(model));
}

/** What a model costs on the day the table is made. */
function inForce({ id, prices }) {
  const dated = Array.isArray(prices) ? prices : [{ prices }];
  const begun = dated.filter(({ constraint }) => constraint === undefined || constraint.start_date <= today);
  const last = begun.at(-1);
  if (dated.some(({ constraint }) => constraint && !constraint.start_date))
    throw new Error(`${id}: unknown constraint`);
  const from = last.constraint?.start_date;
  const above = Object.values(last.prices).find((price) => price?.tiers)?.tiers[0].start;
  return {
    ...(from && { effective_from: from }),
    ...rates(last.prices),
    ...(above && { long: { above, ...rates(last.prices, above) } }),
  };
}

/** Micro-dollars per million tokens. Where a cache has no price of its own, its tokens cost what input costs. */
function rates(prices, above) {
  const micro = (price) => {
    if (price === undefined) return undefined;
    const usd = typeof price === 'number' ? price : above ? price.tiers[0].price : price.base;
    if (typeof price === 'object' && (price.tiers.length !== 1 || (above && price.tiers[0].start !== above)))
      throw new Error(`more than one threshold: ${JSON.stringify(price)}`);
    return Math.round(usd * 1e6);
  };
  const input = micro(prices.input_mtok);
  return {
    input,
    cache_read: micro(prices.cache_read_mtok) ?? input,
    cache_write: micro(prices.cache_write_mtok) ?? input,
    output: micro(prices.output_mtok),
  };
}
