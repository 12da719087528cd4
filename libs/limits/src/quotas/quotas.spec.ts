import type { SeenLimit } from '@planwright/contracts';
import type { LimitsSetting } from './limits-setting.js';
import { PROFILES } from './profiles.js';
import type { Quota } from './quotas.js';
import { Quotas, unlimited } from './quotas.js';

const KEYS = { openai: 'sk-secret-one', anthropic: 'sk-ant-two', compatible: undefined };
const quotasOf = (setting: LimitsSetting = {}, keys: Record<string, string | undefined> = KEYS) =>
  new Quotas(setting, keys);
const quota = (quotas: Quotas, provider: string, model = 'm'): Quota => {
  const found = quotas.of(provider, model);
  if (!found) throw new Error(`nothing limits ${provider}/${model}`);
  return found;
};
const seen = (resource: SeenLimit['resource'], limit: number, remaining: number): SeenLimit => {
  return { resource, limit, remaining, resetsInMs: null };
};

describe('the quota of a model', () => {
  it('is counted as its provider counts, or as it is told', () => {
    const quotas = quotasOf({ 'openai/azure-*': { profile: 'azure' }, another: { concurrency: 1 } });
    expect(quota(quotas, 'openai').profile).toBe(PROFILES.openai);
    expect(quota(quotas, 'openai', 'azure-gpt-4o').profile).toBe(PROFILES.azure);
    expect(quota(quotas, 'anthropic').profile).toBe(PROFILES.anthropic);
    expect(quota(quotas, 'compatible').profile).toBe(PROFILES.actual);
    expect(quota(quotas, 'another').profile).toBe(PROFILES.actual);
  });

  it('is none where nothing is limited', () => {
    expect(quotasOf().of('offline', 'writer')).toBeNull();
    expect(quotasOf({ openai: { concurrency: 1 } }).of('another', 'm')).toBeNull();
    expect(quotasOf({ offline: { concurrency: 2 } }).of('offline', 'writer')).not.toBeNull();
  });

  it('is shared by what the provider counts together, by key', () => {
    const [quotas, elsewhere] = [quotasOf(), quotasOf({}, { openai: 'sk-secret-other' })];
    const bucket = (provider: string, model: string, of = quotas) => quota(of, provider, model).bucket;
    expect(bucket('anthropic', 'claude-opus-4-1-20250805')).toBe(bucket('anthropic', 'claude-opus-4-5'));
    expect(bucket('openai', 'gpt-4o-2024-08-06')).toBe(bucket('openai', 'gpt-4o'));
    expect(bucket('openai', 'gpt-4o')).not.toBe(bucket('openai', 'gpt-4o-mini'));
    expect(bucket('openai', 'gpt-4o')).not.toBe(bucket('openai', 'gpt-4o', elsewhere));
    expect(bucket('openai', 'gpt-4o', elsewhere)).toBe(
      bucket('openai', 'gpt-4o', quotasOf({}, { openai: 'sk-secret-other' })),
    );
    expect(bucket('openai', 'm')).not.toBe(bucket('compatible', 'm'));
  });

  it('tells nothing of the key', () => {
    const text = JSON.stringify([quota(quotasOf(), 'openai'), quota(quotasOf(), 'anthropic')]);
    for (const key of Object.values(KEYS))
      for (const part of key?.split('-') ?? []) if (part.length > 3) expect(text).not.toContain(part);
  });

  describe('before an answer told', () => {
    it('is some requests, if nobody said more', () => {
      for (const provider of ['openai', 'anthropic', 'compatible']) {
        const { limits } = quota(quotasOf(), provider).terms;
        expect(Object.keys(limits)).toEqual(['requests']);
        expect(limits.requests?.start).toBeGreaterThan(0);
        expect(limits.requests?.ceiling).toBeUndefined();
      }
    });

    it('is what the operator said, as guess and ceiling, of what the provider counts', () => {
      const quotas = quotasOf({
        openai: { requests_per_minute: 500, tokens_per_minute: 200_000, input_tokens_per_minute: 7 },
        anthropic: { input_tokens_per_minute: 40_000, output_tokens_per_minute: 8_000, tokens_per_minute: 7 },
      });
      expect(quota(quotas, 'openai').terms.limits).toMatchObject({
        requests: { start: 500, ceiling: 500 },
        tokens: { start: 200_000, ceiling: 200_000 },
      });
      expect(quota(quotas, 'openai').terms.limits).not.toHaveProperty('input_tokens');
      const { limits } = quota(quotas, 'anthropic').terms;
      expect(limits).toMatchObject({
        input_tokens: { start: 40_000, ceiling: 40_000 },
        output_tokens: { start: 8_000, ceiling: 8_000 },
      });
      expect(limits).not.toHaveProperty('tokens');
    });

    it('guesses no requests where the operator said how much there is, or how many calls at a time', () => {
      for (const entry of [{ concurrency: 2 }, { tokens_per_minute: 9_000 }, { input_tokens_per_minute: 9_000 }]) {
        expect(quota(quotasOf({ compatible: entry }), 'compatible').terms.limits).not.toHaveProperty('requests');
      }
      expect(quota(quotasOf({ compatible: { share: 0.5 } }), 'compatible').terms.limits).toHaveProperty('requests');
    });

    it('has the bursts of the profile', () => {
      const { terms, profile } = quota(quotasOf({ openai: { profile: 'azure', requests_per_minute: 60 } }), 'openai');
      expect(terms.limits.requests?.burst).toBe(profile.counts.requests?.burst);
    });
  });

  it('has the terms of the operator', () => {
    const { terms } = quota(quotasOf({ openai: { concurrency: 3, workspace_share: 0.25 } }), 'openai');
    expect(terms).toMatchObject({ concurrency: 3, workspaceShare: 0.25 });
    expect(quota(quotasOf(), 'openai').terms).toMatchObject({ concurrency: null, workspaceShare: 1 });
    expect(terms.margin).toBeLessThan(1);
    expect(quota(quotasOf({ openai: { share: 0.5 } }), 'openai').terms.margin).toBe(terms.margin / 2);
  });

  describe('once an answer told', () => {
    it('begins with that, under the ceiling of the operator', () => {
      const quotas = quotasOf({ openai: { requests_per_minute: 500 } });
      quotas.learn(quota(quotas, 'openai'), [seen('requests', 10_000, 9_999), seen('tokens', 200_000, 100)]);
      expect(quota(quotas, 'openai').terms.limits).toMatchObject({
        requests: { start: 10_000, ceiling: 500 },
        tokens: { start: 200_000 },
      });
      expect(quota(quotas, 'openai').terms.limits.tokens?.ceiling).toBeUndefined();
    });

    it('is known to all models of its bucket, and to no others', () => {
      const quotas = quotasOf();
      quotas.learn(quota(quotas, 'anthropic', 'claude-opus-4-1'), [seen('input_tokens', 40_000, 1)]);
      expect(quota(quotas, 'anthropic', 'claude-opus-4-5').terms.limits.input_tokens?.start).toBe(40_000);
      expect(quota(quotas, 'anthropic', 'claude-haiku-4-5').terms.limits.input_tokens).toBeUndefined();
    });

    it('keeps what it knew of what an answer does not speak of', () => {
      const quotas = quotasOf();
      quotas.learn(quota(quotas, 'openai'), [seen('tokens', 200_000, 1)]);
      quotas.learn(quota(quotas, 'openai'), [seen('requests', 700, 1)]);
      quotas.learn(quota(quotas, 'openai'), []);
      expect(quota(quotas, 'openai').terms.limits).toMatchObject({
        tokens: { start: 200_000 },
        requests: { start: 700 },
      });
    });

    it('tells the limiter what this provider counts', () => {
      const quotas = quotasOf();
      const said = [seen('requests', 50, 49), seen('tokens', 90_000, 80_000), seen('input_tokens', 50_000, 40_000)];
      expect(quotas.learn(quota(quotas, 'anthropic'), said)).toEqual([
        { resource: 'requests', limit: 50, remaining: 49 },
        { resource: 'input_tokens', limit: 50_000, remaining: 40_000 },
      ]);
      expect(quota(quotas, 'anthropic').terms.limits).not.toHaveProperty('tokens');
    });

    it('takes what remains of a shorter window for no more than that', () => {
      const quotas = quotasOf({ openai: { profile: 'azure' } });
      const learned = quotas.learn(quota(quotas, 'openai'), [seen('tokens', 60_000, 60_000)]);
      expect(learned).toEqual([{ resource: 'tokens', limit: 60_000, remaining: 10_000 }]);
    });

    it('tells when a window ends that refills at once, and nothing of one that refills all the time', () => {
      const quotas = quotasOf();
      const endOf = (left: Partial<SeenLimit>) => {
        const said = { ...seen('tokens', 60_000, 30_000), ...left };
        return quotas.learn(quota(quotas, 'openai'), [said])[0]?.windowEndsInMs;
      };
      // Half of a minute's limit comes back in half a minute, if it does so all the time.
      expect(endOf({ resetsInMs: 30_000 })).toBeUndefined();
      expect(endOf({ resetsInMs: 40_000 })).toBeUndefined();
      expect(endOf({ resetsInMs: null })).toBeUndefined();
      expect(endOf({ remaining: 60_000, resetsInMs: 0 })).toBeUndefined();
      expect(endOf({ resetsInMs: 3_000 })).toBe(3_000);
    });
  });
});

describe('what only a budget limits', () => {
  it('has neither limits nor amounts', () => {
    const { bucket, profile, terms } = unlimited('offline');
    expect(bucket).toMatch(/^offline:/);
    expect(profile.counts).toEqual({});
    expect(terms).toMatchObject({ limits: {}, concurrency: null, workspaceShare: 1 });
  });
});
