import { PlanwrightError, UnreachableError } from '@planwright/client';

/** What a person reads when something did not work: the server's own sentence, which says what to do. */
export function messageOf(error: unknown): string {
  if (error instanceof PlanwrightError) return error.message;
  if (error instanceof UnreachableError) return 'Planwright can’t be reached. Check your connection and try again.';
  return error instanceof Error ? error.message : String(error);
}

/** The server wants a key, or no longer takes the one it was given. */
export const isSignInNeeded = (error: unknown): boolean =>
  error instanceof PlanwrightError && error.problem.status === 401;

/** What is wrong with one field of a form, by its JSON pointer, such as `/name`. */
export function fieldError(error: unknown, pointer: string): string | null {
  if (!(error instanceof PlanwrightError)) return null;
  const found = error.problem.errors?.find((one) => one.pointer === pointer);
  return typeof found?.message === 'string' ? found.message : null;
}

/** As `fieldError`, as a whole sentence: `The name must not be blank.` */
export function fieldSentence(error: unknown, pointer: string, subject: string): string | null {
  const message = fieldError(error, pointer);
  return message === null ? null : `${subject} ${message}.`;
}
