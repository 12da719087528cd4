import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { Client } from '../client.js';
import type { FeatureEvent } from '../events.js';
import { useClient } from './provider.js';
import { SharedStore, storeOf } from './shared-store.js';

export interface FeatureEvents {
  /** What was heard since the first component looked, oldest first; the newest 100. */
  events: readonly FeatureEvent[];
  /** The newest one of each feature, by its id. */
  latest: Readonly<Record<string, FeatureEvent>>;
  isConnected: boolean;
  /** Why the channel is no longer followed; null while it is. */
  error: Error | null;
}

const NOTHING: FeatureEvents = { events: [], latest: {}, isConnected: false, error: null };
const KEPT = 100;
const DAY_MS = 86_400_000;

/** What becomes of a project's features from now on. `onEvent` is told of each once, for a toast, say. */
export function useFeatureEvents(projectId: string, onEvent?: (event: FeatureEvent) => void): FeatureEvents {
  const client = useClient();
  const store = storeOf(client, `features.${projectId}`, (forget) => featureStore(client, projectId, forget));
  const state = useSyncExternalStore(store.subscribe, store.get, store.get);
  const told = useRef<{ store: object; last: FeatureEvent | undefined }>(undefined);
  useEffect(() => {
    const { events } = state;
    // What the others have heard before this component came is no news to it.
    if (told.current?.store !== store) told.current = { store, last: events.at(-1) };
    const { last } = told.current;
    const fresh = events.slice(last ? events.indexOf(last) + 1 : 0);
    told.current = { store, last: events.at(-1) ?? last };
    for (const event of fresh) onEvent?.(event);
  }, [store, state, onEvent]);
  return state;
}

/**
 * What was heard, by the server's clock: after a reset the log is told from its beginning, and what is older than the
 * newest event that was heard is known, or no news. Before any was heard, what is a day older than the following is; the
 * clock here may be some hours off, where somebody set it by hand in another time zone.
 */
class Heard {
  private untilAt = new Date(Date.now() - DAY_MS).toISOString();
  /** What happened at that instant, by feature and type. */
  private readonly then = new Set<string>();

  has({ ts, feature_id, type }: FeatureEvent): boolean {
    return ts < this.untilAt || (ts === this.untilAt && this.then.has(`${feature_id} ${type}`));
  }

  add({ ts, feature_id, type }: FeatureEvent): void {
    if (ts > this.untilAt) this.then.clear();
    if (ts >= this.untilAt) this.then.add(`${feature_id} ${type}`);
    if (ts > this.untilAt) this.untilAt = ts;
  }
}

function featureStore(client: Client, projectId: string, forget: () => void): SharedStore<FeatureEvents> {
  const open = (set: (state: FeatureEvents) => void) => {
    const stop = new AbortController();
    let state = NOTHING;
    const heard = new Heard();
    let isRetold = false;
    const change = (part: Partial<FeatureEvents>) => set((state = { ...state, ...part }));
    const following = {
      signal: stop.signal,
      from: 'now' as const,
      onConnected: () => change({ isConnected: true }),
      onReconnect: () => change({ isConnected: false }),
    };
    const follow = async () => {
      try {
        for await (const followed of client.features.follow(projectId, following)) {
          if (followed.type === 'reset') {
            isRetold = true;
            continue;
          }
          const { event } = followed;
          if (isRetold && heard.has(event)) continue;
          heard.add(event);
          const events = [...state.events, event].slice(-KEPT);
          change({ events, latest: { ...state.latest, [event.feature_id]: event } });
        }
      } catch (error) {
        change({ error: error as Error, isConnected: false });
      }
    };
    void follow();
    return () => stop.abort();
  };
  return new SharedStore(NOTHING, open, forget);
}
