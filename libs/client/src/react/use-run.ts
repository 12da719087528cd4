import { useSyncExternalStore } from 'react';
import { emptyRunView } from '@planwright/contracts/live';
import type { Client } from '../client.js';
import { FIRST_WAIT_MS, isFinal, LONGEST_WAIT_MS } from '../follow.js';
import { pause } from '../pause.js';
import { PlanwrightError, UnreachableError } from '../problem-error.js';
import type { RunState } from '../run-follower.js';
import { onWake } from '../wake.js';
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
      for (let failures = 0; !stop.signal.aborted; failures += 1) {
        try {
          for await (const one of client.runs.state(runId, { signal: stop.signal })) {
            set((state = { ...one, isLoading: false, error: null }));
          }
          return;
        } catch (error) {
          // What it is now could not be read: who can't be reached is asked again.
          const mayPass = error instanceof PlanwrightError || error instanceof UnreachableError;
          if (!mayPass || isFinal(error)) {
            return set({ ...state, isLoading: false, isConnected: false, error: error as Error });
          }
        }
        const longestMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
        await pause(Math.random() * longestMs, stop.signal, onWake);
      }
    };
    void follow();
    return () => stop.abort();
  };
  return new SharedStore(NOTHING, open, forget);
}
