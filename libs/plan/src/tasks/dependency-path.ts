/** What depends on what: by id, the ids that come before. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/** The shortest way along dependencies from one card to another, both included; null where there is none. */
export function dependencyPath(edges: Dependencies, from: string, to: string): string[] | null {
  const cameFrom = new Map<string, string | null>([[from, null]]);
  const line = [from];
  for (let id = line.shift(); id !== undefined; id = line.shift()) {
    if (id === to) return trace(cameFrom, to);
    for (const next of edges.get(id) ?? []) {
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, id);
      line.push(next);
    }
  }
  return null;
}

/**
 * The circle that a card's dependencies would close, as a path that begins and ends with the card; null for none. What
 * the card depends on so far does not count.
 */
export function closedCircle(edges: Dependencies, id: string, dependencies: readonly string[]): string[] | null {
  for (const dependency of dependencies) {
    const path = dependencyPath(edges, dependency, id);
    if (path) return [id, ...path];
  }
  return null;
}

function trace(cameFrom: ReadonlyMap<string, string | null>, to: string): string[] {
  const path: string[] = [];
  for (let id: string | null = to; id !== null; id = cameFrom.get(id) ?? null) path.unshift(id);
  return path;
}
