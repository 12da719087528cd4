import { serviceAddresses, startQuotaDouble, startTcpProxy, throughProxy } from '@planwright/testing';
import type { Answer, QuotaDouble, TcpProxy } from '@planwright/testing';
import type { Distributed } from '../distributed.js';
import { startDistributed } from '../distributed.js';

/** A platform whose providers are the quota double, and whose Redis can be taken away. */
export interface ProviderPlatform {
  readonly platform: Distributed;
  readonly double: QuotaDouble;
  /** Every connection of every process to Redis. */
  readonly redis: TcpProxy;
  stop(): Promise<void>;
}

/** Texts that tell which call they are of, and are long enough for a provider to keep what begins with them. */
const SENTENCES = 70;
/** Between headers and first content: time enough to see who waits for it. */
const FIRST_TOKEN_MS = 150;

/** What is set beside the addresses is what an operator would set: `PLANWRIGHT_LIMITS`, say. */
export async function startProviderPlatform(env: Record<string, string> = {}): Promise<ProviderPlatform> {
  const double = await startQuotaDouble({ answer: (facts, { number }) => (facts.schema ? {} : plainAnswer(number)) });
  const redis = await startTcpProxy(serviceAddresses().redis);
  const closeRest = () => Promise.all([double.close(), redis.close()]);
  try {
    const platform = await startDistributed({
      env: {
        PLANWRIGHT_PROVIDER: 'openai',
        OPENAI_API_KEY: 'sk-double-openai',
        OPENAI_BASE_URL: double.urls.openai,
        ANTHROPIC_API_KEY: 'sk-double-anthropic',
        ANTHROPIC_BASE_URL: double.urls.anthropic,
        REDIS_URL: throughProxy(serviceAddresses().redis, redis),
        ...env,
      },
    });
    const stop = async () => {
      try {
        await platform.stop();
      } finally {
        await closeRest();
      }
    };
    return { platform, double, redis, stop };
  } catch (error) {
    await closeRest();
    throw error;
  }
}

function plainAnswer(number: number): Answer {
  const text = Array.from({ length: SENTENCES }, (_, i) => `word ${i} of call ${number}. `).join('');
  return { text, firstTokenMs: FIRST_TOKEN_MS, tokensPerPiece: 40 };
}
