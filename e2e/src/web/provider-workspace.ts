import { startQuotaDouble } from '@planwright/testing';
import type { QuotaDouble } from '@planwright/testing';
import type { Standalone } from '../standalone.js';
import { startWorkspace } from './workspace-platform.js';

/** The workspace on a platform whose provider is the test's. */
export interface ProviderWorkspace {
  readonly platform: Standalone;
  readonly double: QuotaDouble;
  stop(): Promise<void>;
}

export async function startProviderWorkspace(): Promise<ProviderWorkspace> {
  const double = await startQuotaDouble();
  const env = {
    PLANWRIGHT_PROVIDER: 'openai',
    OPENAI_API_KEY: 'sk-double-openai',
    OPENAI_BASE_URL: double.urls.openai,
  };
  const platform = await startWorkspace(env).catch(async (error: unknown) => {
    await double.close();
    throw error;
  });
  return {
    platform,
    double,
    async stop() {
      await platform.stop().finally(() => double.close());
    },
  };
}

/** Which of the sections a prompt asks for, by title. */
export const sectionAskedFor = (prompt: string): string => /### Your section: (.+)/.exec(prompt)?.[1]?.trim() ?? '';

/** A text that is good enough for any section of a draft, and says which one it is of. */
export const textAbout = (title: string): string =>
  Array.from({ length: 25 }, (_, i) => `Sentence ${i + 1} about ${title} says a thing.`).join(' ');
