import { useSyncExternalStore } from 'react';
import { emptyRunView } from '@planwright/contracts/live';
import type { Client } from '../client.js';
import type { RunState } from '../run-follower.js';
import { useClient } from './provider.js';
import { SharedStore, storeOf } from './shared-store.js';

export interface FollowedRun extends RunState {
  /** Nothing has been read of it yet. */
  isLoading: boolean;
  /** Why it is no longer followed; null while it is, and after its end. */
  error: Error | null;
}

const NOTHING: FollowedRun = {
  view: emptyRunView(),
  sections: [],
  isConnected: false,
  isLoading: true,
  error: null,
};
const IDLE = new SharedStore<FollowedRun>({ ...NOTHING, isLoading: false }, () => () => undefined);

/** A run as it is now, all its documents and sections, until its end. Null: none is followed. */
export function useRun(runId: string | null): FollowedRun {
  const client = useClient();
  const store = runId === null ? IDLE : storeOf(client, `run.${runId}`, (forget) => runStore(client, runId, forget));
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

function runStore(client: Client, runId: string, forget: () => void): SharedStore<FollowedRun> {
  const open = (set: (state: FollowedRun) => void) => {
    const stop = new AbortController();
    let state = NOTHING;
    const follow = async () => {
      try {
        for await (const one of client.runs.state(runId, { signal: stop.signal })) {
          set((state = { ...one, isLoading: false, error: null }));
        }
      } catch (error) {
        set({ ...state, isLoading: false, isConnected: false, error: error as Error });
      }
    };
    void follow();
    return () => stop.abort();
  };
  return new SharedStore(NOTHING, open, forget);
}
