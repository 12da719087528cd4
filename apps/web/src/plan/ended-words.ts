import type { Tone } from '../ui/badge.js';
import type { RunOfDocument } from './shown-run.js';

/** What is said of a run that did not finish its document, and what helps. */
export function endedWords({ run, document }: RunOfDocument): { title: string; advice: string; tone: Tone } {
  const { sections_completed: done, sections_total: total } = document;
  const why = run.problem ? `${run.problem.title}. ${run.problem.advice}` : run.error;
  const kept = done > 0 && `${done} of ${total} sections are kept.`;
  const sentences = (...parts: (string | false | null)[]) => parts.filter(Boolean).join(' ');
  switch (document.status) {
    case 'partial':
      return {
        title: total - done === 1 ? 'One section is missing.' : `${total - done} sections are missing.`,
        advice: sentences(why, 'Retry writes what is missing and keeps the rest.'),
        tone: 'warn',
      };
    case 'cancelled': {
      const isStopped = run.status === 'cancelled';
      return {
        title: isStopped ? 'This run was stopped.' : 'This document was not written.',
        advice: sentences(!isStopped && why, kept, 'Retry goes on where it stopped.'),
        tone: 'plain',
      };
    }
    default:
      return { title: 'This run failed.', advice: sentences(why, kept, 'Retry writes what is missing.'), tone: 'bad' };
  }
}
