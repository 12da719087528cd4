import { onBehalfOf } from '@planwright/persistence';
import type { Reads, WorkspaceDatabase } from '@planwright/persistence';
import type { FactStore } from '../ports.js';

/** Channels whose workspace is known without asking: it never changes. */
const KNOWN = 10_000;

/**
 * Facts of any channel, read on behalf of the workspace that has it: logs are kept level for whoever follows, and also
 * where nobody does. Who may follow is decided before, by `channelOwner`.
 */
export function storedFacts({ read }: Pick<WorkspaceDatabase, 'read'>): FactStore {
  const owners = new Map<string, string>();
  const channelOwner = async (channel: string): Promise<string | null> => {
    const known = owners.get(channel);
    if (known !== undefined) return known;
    const owner = await read.channelOwnerAnywhere(channel);
    if (owner !== null) keep(owners, channel, owner);
    return owner;
  };
  const factsOf = async <T>(channel: string, facts: (read: Reads) => Promise<T[]>): Promise<T[]> => {
    const owner = await channelOwner(channel);
    return owner === null ? [] : onBehalfOf(owner, () => facts(read));
  };
  return {
    // A channel that was deleted since has no owner any more: this one is always asked.
    channelOwner: (channel) => read.channelOwnerAnywhere(channel),
    runEvents: (id, after, limit) => factsOf(`run.${id}`, (of) => of.runEvents(id, after, limit)),
    projectEvents: (id, after, limit) => factsOf(`project.${id}`, (of) => of.projectEvents(id, after, limit)),
    featureEvents: (id, after, limit) => factsOf(`project.${id}`, (of) => of.featureEvents(id, after, limit)),
  };
}

/** The oldest goes when there are too many. */
function keep(owners: Map<string, string>, channel: string, owner: string): void {
  owners.set(channel, owner);
  const [oldest] = owners.keys();
  if (owners.size > KNOWN && oldest !== undefined) owners.delete(oldest);
}
