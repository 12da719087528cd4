import type { Failure, GenerateRequest, LimitedResource } from '@planwright/contracts';
import type { Reserved } from './reservations.js';

type Refused = Exclude<Reserved, { kind: 'granted' | 'wait' | 'stopped' }>;

const RESOURCES: Readonly<Record<LimitedResource, string>> = {
  requests: 'requests',
  tokens: 'tokens',
  input_tokens: 'input tokens',
  output_tokens: 'output tokens',
};

/** Why a call was not made, with the numbers. */
export function refusalOf(refused: Refused, request: GenerateRequest): Failure {
  switch (refused.kind) {
    case 'too_large': {
      const { asked, limit, resource } = refused;
      const what = `This section needs about ${thousands(asked)} ${RESOURCES[resource]}`;
      const detail = `${what}; the limit of ${request.model} is ${thousands(limit)} a minute${largestPart(request)}`;
      return { code: 'too_large', detail, resets_at: null };
    }
    case 'over_budget': {
      const { asked, limit, spent } = refused;
      const detail = `${money(Math.max(0, limit - spent))} of ${money(limit)} are left; this call would take about ${money(asked)}`;
      return { code: 'budget', detail, resets_at: null };
    }
    case 'shut': {
      const detail = `The provider refused the account a moment ago, so it was not called; it is tried again in ${Math.ceil(refused.waitMs / 1000)} s`;
      return { code: refused.code, detail, resets_at: null };
    }
  }
}

/** What to shorten: the largest value in the prompt, where one stands out. */
function largestPart({ prompt }: GenerateRequest): string {
  const parts = prompt.user.filter(({ data }) => data !== undefined);
  const [largest] = parts.toSorted((a, b) => b.text.length - a.text.length);
  if (!largest?.data || largest.text.length < 4_000) return '';
  return `. The longest part of its prompt is ${largest.data.replaceAll('_', ' ')}, about ${thousands(largest.text.length / 4)} tokens`;
}

function thousands(count: number): string {
  return count < 1_000 ? String(Math.round(count)) : `${Math.round(count / 1_000)}k`;
}

/** Micro-units as people read them. */
function money(micros: number): string {
  return `${(micros / 1_000_000).toFixed(micros < 10_000 ? 4 : 2)} USD`;
}
