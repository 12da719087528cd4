import { fieldError } from '../session/messages.js';

/** A name for an idea nobody named: its first words. */
export function nameOfIdea(idea: string): string {
  const words = idea
    .trim()
    .split(/\s+/)
    .slice(0, 6)
    .join(' ')
    .replace(/[.,;:!?]+$/, '');
  return words.length > 60 ? `${words.slice(0, 59).trimEnd()}…` : words || 'New project';
}

/** Whether an error is shown at one of these fields, so that it need not be said again. */
export const hasFieldErrors = (error: unknown, pointers: readonly string[]): boolean =>
  pointers.some((pointer) => fieldError(error, pointer) !== null);
