import type { EventsPage, RunSummary, Task } from './types.js';

/** An event of `run.{id}`. */
export type RunEvent = EventsPage['events'][number];

/** What every live event carries: its place in the log of its channel. */
export interface LiveEnvelope {
  v: 1;
  channel: string;
  /** One life of the channel's log. */
  epoch: string;
  /** 1, 2, 3, … within the epoch. */
  seq: number;
  /** ISO 8601, UTC. */
  ts: string;
}

/** An event of `project.{id}`. `run_id` of a card is null where a person changed it. */
export type ProjectEvent = LiveEnvelope &
  (
    | { type: 'run.started' | 'run.ended'; run_id: string; run: RunSummary }
    | {
        type: 'task.created' | 'task.updated' | 'task.moved' | 'task.deleted' | 'task.restored';
        run_id: string | null;
        task: Task;
      }
  );

/** An event of `project.{id}.features`. A feature that is retried may fail, or be generated, after it failed. */
export type FeatureEvent = LiveEnvelope &
  (
    | { type: 'feature.progress'; run_id: string; feature_id: string; message: string }
    | {
        type: 'feature.generated';
        run_id: string;
        feature_id: string;
        task_count: number;
        message: string;
        project_id: string;
      }
    | {
        type: 'feature.generation.failed';
        run_id: string;
        feature_id: string;
        error: string;
        description: string;
        project_id: string;
      }
  );

export type LiveEvent = RunEvent | ProjectEvent | FeatureEvent;
