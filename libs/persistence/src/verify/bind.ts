/** What the placeholders of an invariant stand for, in milliseconds since 1970. */
export interface Moment {
  /** What was so before this instant is older than the grace. */
  before: number;
  /** Runs that ended earlier are not looked at; null: all are. */
  since: number | null;
  /** Runs that were made earlier and have ended are not looked at; null: all are. */
  oldest: number | null;
}

/** A statement with numbered parameters: `:before` and its like become `$1`, `$2`, …, as often as they stand there. */
export function bind(sql: string, moment: Moment): { text: string; parameters: string[] } {
  const values: Record<string, { value: string; type: string }> = {
    before: { value: iso(moment.before), type: 'timestamptz' },
    since: { value: moment.since === null ? '-infinity' : iso(moment.since), type: 'timestamptz' },
    oldest: { value: firstIdOf(moment.oldest ?? 0), type: 'uuid' },
  };
  const parameters: string[] = [];
  const places = new Map<string, number>();
  // Not behind a colon: `::text` is a cast.
  const text = sql.replace(/(?<!:):([a-z]+)\b/g, (whole, name: string) => {
    const bound = values[name];
    if (!bound) throw new Error(`no placeholder ${whole}`);
    if (!places.has(name)) places.set(name, parameters.push(bound.value));
    return `$${places.get(name)}::${bound.type}`;
  });
  return { text, parameters };
}

/** The lowest UUIDv7 of an instant: its first 48 bits are the milliseconds. */
function firstIdOf(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

const iso = (ms: number): string => new Date(ms).toISOString();
