/**
 * Which models a provider counts together: a family shares one bucket at Anthropic, and a dated model is its undated one
 * everywhere. First match holds; `$1` is what the expression caught.
 */
const GROUPS: readonly { provider: string; models: RegExp; group: string }[] = [
  { provider: 'anthropic', models: /^claude-(opus|sonnet|haiku)-(\d+)/, group: '$1-$2' },
  { provider: 'anthropic', models: /^claude-(\d+)(?:-\d)?-(opus|sonnet|haiku)/, group: '$2-$1' },
];

/** The rate-limit group of a model. */
export function rateLimitGroup(provider: string, model: string): string {
  const undated = model.replace(/-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
  for (const { provider: whose, models, group } of GROUPS) {
    const found = whose === provider && models.exec(undated);
    if (found) return group.replace(/\$(\d)/g, (_, place: string) => found[Number(place)] ?? '');
  }
  return undated;
}
