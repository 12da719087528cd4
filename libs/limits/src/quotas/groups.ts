/**
 * Which models a provider counts together: a family shares one bucket at Anthropic, and a dated model is its undated one
 * everywhere. First match holds; `$1` is what the expression caught.
 */
const GROUPS: readonly { provider: string; models: RegExp; group: string }[] = [
  { provider: 'anthropic', models: /^claude-(opus|sonnet|haiku)-(\d+)/, group: '$1-$2' },
  { provider: 'anthropic', models: /^claude-(\d+)(?:-\d)?-(opus|sonnet|haiku)/, group: '$2-$1' },
];

/** A model's name without the date of a snapshot. */
export function undated(model: string): string {
  return model.replace(/-(\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
}

/** The rate-limit group of a model. */
export function rateLimitGroup(provider: string, model: string): string {
  const name = undated(model);
  for (const { provider: whose, models, group } of GROUPS) {
    const found = whose === provider && models.exec(name);
    if (found) return group.replace(/\$(\d)/g, (_, place: string) => found[Number(place)] ?? '');
  }
  return name;
}
