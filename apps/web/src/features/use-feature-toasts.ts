import { useCallback, useEffect, useRef } from 'react';
import type { FeatureEvent } from '@planwright/client';
import { useClient, useFeatureEvents } from '@planwright/client/react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { read } from '../project/queries.js';
import { messageOf } from '../session/messages.js';
import type { ToastContent } from '../ui/toasts.js';
import { useToasts } from '../ui/toasts.js';
import type { FeatureDraft } from './feature-dialog-store.js';
import { openFeatureDialog } from './feature-dialog-store.js';
import type { Outcome, Seen } from './feature-words.js';
import { excerpt, GENERATING, isTold, outcomeOfEvent, outcomeOfFeature } from './feature-words.js';

interface Told {
  featureId: string;
  runId: string;
  outcome: Outcome;
}

const toastId = (featureId: string) => `feature-${featureId}`;
let submitted = 0;

/** One toast for each feature of a project that is being written, through its whole life. Answers how to ask for one. */
export function useFeatureToasts(projectId: string): (draft: FeatureDraft) => void {
  const client = useClient();
  const queries = useQueryClient();
  const { show, dismiss } = useToasts();
  const seen = useRef(new Map<string, Seen>());
  const abouts = useRef(new Map<string, string>());
  const shown = useRef(new Set<string>());
  /** Whose answers are awaited, and what was told meanwhile of features nobody knows yet: theirs, it may be. */
  const awaited = useRef(0);
  const held = useRef<FeatureEvent[]>([]);
  const isHere = useRef(true);
  const refresh = useCallback(
    () => void queries.invalidateQueries({ queryKey: ['project', projectId, 'features'] }),
    [queries, projectId],
  );

  useEffect(() => {
    isHere.current = true;
    const [toasts, runs] = [shown.current, seen.current];
    return () => {
      // Nobody listens any more: what they say would no longer be true.
      isHere.current = false;
      for (const id of toasts) dismiss(id);
      for (const [run, what] of runs) if (what === 'running') runs.delete(run);
    };
  }, [dismiss]);

  const put = useCallback(
    (toast: ToastContent, instead?: string) => {
      if (!isHere.current) return;
      shown.current.add(toast.id);
      show(toast, instead);
    },
    [show],
  );

  const tell = useCallback(
    function tellOutcome({ featureId, runId, outcome }: Told, instead?: string): void {
      const id = toastId(featureId);
      const about = abouts.current.get(featureId);
      const failed = (title: string) => (error: unknown) =>
        put({ id, tone: 'bad', title, about, detail: messageOf(error), action: retry });
      const retry = {
        label: 'Retry',
        keepsOpen: true,
        onAction: () => {
          put({ id, tone: 'busy', title: GENERATING, about });
          client.features
            .retry(featureId)
            .then(({ run_id }) => {
              tellOutcome({ featureId, runId: run_id, outcome: { kind: 'running', message: null } });
              refresh();
            })
            .catch(failed('The feature could not be tried again'));
        },
      };
      const cancel = {
        label: 'Cancel',
        keepsOpen: true,
        onAction: () => {
          put({ id, tone: 'busy', title: 'Cancelling the feature…', about });
          client.features.cancel(featureId).then(refresh).catch(failed('The feature could not be cancelled'));
        },
      };
      const onClosed = () => {
        if (seen.current.get(runId) === 'running') seen.current.set(runId, 'dismissed');
      };
      seen.current.set(runId, outcome.kind === 'running' ? 'running' : 'ended');
      switch (outcome.kind) {
        case 'running': {
          const detail = outcome.message ?? undefined;
          return put({ id, tone: 'busy', title: GENERATING, about, detail, action: cancel, onClosed }, instead);
        }
        case 'done': {
          const action = { label: 'See the cards', href: `/projects/${projectId}/board?feature=${featureId}` };
          return put({ id, tone: 'good', title: outcome.message, about, action }, instead);
        }
        case 'cancelled':
          return put({ id, tone: 'plain', title: 'The feature was cancelled', about, action: retry }, instead);
        case 'failed': {
          const title = 'The feature could not be generated';
          return put({ id, tone: 'bad', title, about, detail: outcome.error, action: retry }, instead);
        }
      }
    },
    [client, projectId, put, refresh],
  );

  const hear = useCallback(
    (event: FeatureEvent) => {
      const { feature_id: featureId, run_id: runId } = event;
      if ('description' in event) abouts.current.set(featureId, excerpt(event.description));
      const outcome = outcomeOfEvent(event);
      if (isTold(seen.current.get(runId), outcome, 'event')) tell({ featureId, runId, outcome });
    },
    [tell],
  );
  const onEvent = useCallback(
    (event: FeatureEvent) => {
      refresh();
      if (awaited.current > 0 && !abouts.current.has(event.feature_id)) held.current.push(event);
      else hear(event);
    },
    [refresh, hear],
  );
  const { isConnected } = useFeatureEvents(projectId, onEvent);
  // What happened while nobody listened is in the list.
  useEffect(() => {
    if (isConnected) refresh();
  }, [isConnected, refresh]);
  const features = useQuery(read.features(client, projectId));
  useEffect(() => {
    for (const feature of features.data ?? []) {
      const isNew = !abouts.current.has(feature.id);
      if (isNew && awaited.current > 0) continue;
      abouts.current.set(feature.id, excerpt(feature.description));
      if (feature.run_id === null) continue;
      const outcome = outcomeOfFeature(feature);
      if (isTold(seen.current.get(feature.run_id), outcome, 'list'))
        tell({ featureId: feature.id, runId: feature.run_id, outcome });
    }
  }, [features.data, tell]);

  const { mutateAsync } = useMutation({
    mutationFn: ({ text, key }: FeatureDraft) =>
      client.features.create(projectId, { description: text }, { idempotencyKey: key }),
  });
  return useCallback(
    (draft: FeatureDraft) => {
      const sent = `feature-new-${(submitted += 1)}`;
      const about = excerpt(draft.text);
      put({ id: sent, tone: 'busy', title: GENERATING, about });
      awaited.current += 1;
      mutateAsync(draft)
        .then(({ feature_id: featureId, run_id: runId }) => {
          abouts.current.set(featureId, about);
          tell({ featureId, runId, outcome: { kind: 'running', message: null } }, sent);
        })
        .catch((error: unknown) => {
          const action = { label: 'Retry', onAction: () => openFeatureDialog(draft) };
          const detail = messageOf(error);
          put({ id: sent, tone: 'bad', title: 'The feature could not be added', about, detail, action });
        })
        .finally(() => {
          awaited.current -= 1;
          if (awaited.current === 0) for (const event of held.current.splice(0)) hear(event);
          refresh();
        });
    },
    [hear, mutateAsync, put, refresh, tell],
  );
}
