/** A request is not kept open for longer; most proxies would end it. */
const MOST_SECONDS = 60;

/** What a client prefers (RFC 7240). Preferences that are not known are ignored, as the standard has it. */
export interface Preferences {
  /** `wait=N`, up to 60; null where it is not asked for. */
  waitSeconds: number | null;
  /** `respond-async`: what every 202 is. */
  respondAsync: boolean;
  /** `return=minimal`: no body where it says nothing that is not known or to be read elsewhere. */
  minimal: boolean;
}

/** Of a preference that is said twice the first counts. */
export function readPreferences(header: string | undefined): Preferences {
  const asked = new Map<string, string>();
  for (const one of header?.split(',') ?? []) {
    const [preference = ''] = one.split(';');
    const [name = '', value = ''] = preference.split('=').map((part) => part.trim());
    if (!asked.has(name.toLowerCase())) asked.set(name.toLowerCase(), value.replace(/^"(.*)"$/, '$1'));
  }
  const wait = asked.get('wait') ?? '';
  return {
    waitSeconds: /^\d{1,9}$/.test(wait) ? Math.min(Number(wait), MOST_SECONDS) : null,
    respondAsync: asked.has('respond-async'),
    minimal: asked.get('return')?.toLowerCase() === 'minimal',
  };
}
