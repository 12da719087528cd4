import type { FeatureEvent, Schemas } from '@planwright/client';
import { counted } from '../format/numbers.js';
import type { Tone } from '../ui/badge.js';

export type Feature = Schemas['Feature'];

export const GENERATING = "Generating feature in background. You'll be notified when ready!";
export const MOST_CHARACTERS = 8_000;

export const isRunning = ({ status }: Pick<Feature, 'status'>): boolean =>
  status === 'pending' || status === 'processing';

/** A feature that somebody cancelled has failed, and its error says so. */
const isCancelled = (error: string | null): boolean => error?.startsWith('The feature was cancelled.') ?? false;

export function statusOf({ status, error_message }: Feature): { word: string; tone: Tone } {
  switch (status) {
    case 'pending':
      return { word: 'Queued', tone: 'plain' };
    case 'processing':
      return { word: 'Generating…', tone: 'info' };
    case 'completed':
      return { word: 'Done', tone: 'good' };
    case 'failed':
      return isCancelled(error_message) ? { word: 'Cancelled', tone: 'plain' } : { word: 'Failed', tone: 'bad' };
  }
}

/** What a description says, on one line. */
export function excerpt(text: string, most = 90): string {
  const line = text.trim().replace(/\s+/g, ' ');
  return line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line;
}

/** What is wrong with a description, and what to do; null where it can be sent. */
export function descriptionError(text: string): string | null {
  if (text.trim() === '') return 'Say what the feature is for and what it should do.';
  const over = text.length - MOST_CHARACTERS;
  return over > 0 ? `This is ${counted(over, 'character')} too long. Shorten it a little.` : null;
}

/** What has become of one run of a feature, from an event or from the list. */
export type Outcome =
  | { kind: 'running'; message: string | null }
  | { kind: 'done'; message: string }
  | { kind: 'cancelled' }
  | { kind: 'failed'; error: string };

export function outcomeOfEvent(event: FeatureEvent): Outcome {
  switch (event.type) {
    case 'feature.progress':
      return { kind: 'running', message: event.message };
    case 'feature.generated':
      return { kind: 'done', message: event.message };
    case 'feature.generation.failed':
      return isCancelled(event.error) ? { kind: 'cancelled' } : { kind: 'failed', error: event.error };
  }
}

export function outcomeOfFeature(feature: Feature): Outcome {
  const { task_count: count, error_message: error } = feature;
  if (isRunning(feature)) return { kind: 'running', message: null };
  if (feature.status === 'completed')
    return { kind: 'done', message: `Feature created! ${counted(count, 'task')} added to your board` };
  return isCancelled(error) ? { kind: 'cancelled' } : { kind: 'failed', error: error ?? 'It was not generated.' };
}

/** What a person has seen of a run: its toast, or that they sent it away. */
export type Seen = 'running' | 'dismissed' | 'ended';

/**
 * Whether an outcome is told. Each run is told to be running until it is dismissed, and its end once. The list is older than
 * the events: of a run that nobody was told of it tells only that it is running.
 */
export function isTold(seen: Seen | undefined, outcome: Outcome, from: 'event' | 'list'): boolean {
  if (seen === 'ended') return false;
  if (outcome.kind === 'running') return from === 'event' ? seen !== 'dismissed' : seen === undefined;
  return from === 'event' || seen !== undefined;
}
