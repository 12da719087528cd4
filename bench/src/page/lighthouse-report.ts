/** What Lighthouse says of a page, as far as it is read here. Scores are 0 to 1; an audit that does not apply has none. */
export interface Report {
  runtimeError?: { message: string };
  categories: Record<string, { score: number | null; auditRefs: { id: string; weight: number }[] }>;
  audits: Record<string, { title: string; score: number | null; displayValue?: string }>;
}

/** An audit that cost a category points, of a hundred. */
export interface Lost {
  audit: string;
  points: number;
  value: string;
}

/** Points of a category, of a hundred. */
export function pointsOf({ categories }: Report, category: string): number {
  const score = categories[category]?.score;
  return score == null ? Number.NaN : Math.round(score * 100);
}

/** What a category lost its points by, the most expensive first. */
export function lostBy({ categories, audits }: Report, category: string): Lost[] {
  const refs = (categories[category]?.auditRefs ?? []).filter(({ id }) => audits[id]?.score != null);
  const total = refs.reduce((sum, { weight }) => sum + weight, 0);
  return refs
    .map(({ id, weight }) => {
      const { score = 1, displayValue = '' } = audits[id] ?? {};
      return { audit: id, points: (100 * weight * (1 - (score ?? 1))) / total, value: displayValue };
    })
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .map(({ points, ...lost }) => ({ ...lost, points: Number(points.toFixed(1)) }));
}
