import type { CallRequest, LedgerAnswer, LedgerCall } from '@planwright/testing';
import { seededRandom } from './random.js';

/** Stands in an idea, so that every prompt tells whose it is. */
const TOKEN = /chaos-[a-z0-9]+-\d+/;

export const tokenOf = (prompt: string): string | null => TOKEN.exec(prompt)?.[0] ?? null;

export function tokenFor(seed: string, number: number): string {
  return `chaos-${seed.toLowerCase().replace(/[^a-z0-9]/g, '') || 'x'}-${number}`;
}

/** Share of calls that fail, and how; waits after them are what the retry policies say. */
const FAILURE_SHARE = 0.04;

/**
 * The provider's texts and moods. Every call for a section has a text of its own, so that a stored text says which call
 * it is of, and a mixture of two would show.
 */
export function createWriter({ seed, failsAgain }: { seed: string; failsAgain: boolean }) {
  const failed = new Set<string>();
  return (request: CallRequest, call: LedgerCall): LedgerAnswer => {
    const token = tokenOf(request.user);
    const subject = `${token}/${request.document}/${request.sectionId}`;
    const random = seededRandom(`${seed}/${subject}/${call.number}`);
    const answer: LedgerAnswer = {
      chunks: inChunks(textFor(subject, request, call.number)),
      firstDelayMs: random.between(20, 200),
      delayMs: random.between(5, 120),
      end: 'stop',
    };
    if (token === null) {
      return { ...answer, end: { code: 'invalid_request', detail: 'the prompt names no run', resets_at: null } };
    }
    const fails = random.chance(FAILURE_SHARE) && (failsAgain || !failed.has(subject));
    if (!fails) return answer;
    failed.add(subject);
    const later = new Date(Date.now() + 2_000).toISOString();
    const end = random.pick<LedgerAnswer['end']>([
      'cut',
      'garbage',
      { code: 'server_error', detail: 'the provider had an error', resets_at: null },
      { code: 'rate_limited', detail: 'asked too often', resets_at: later },
    ]);
    return { ...answer, end, chunks: answer.chunks.slice(0, random.between(0, answer.chunks.length - 1)) };
  };
}

function textFor(subject: string, { output, title }: CallRequest, number: number): string {
  if (output === 'tasks') return taskList(subject, number);
  const random = seededRandom(`${subject}/${number}`);
  const words = Array.from({ length: random.between(60, 160) }, () => random.pick(WORDS));
  return `${title} of ${subject}, written by call ${number}: ${words.join(' ')}.`;
}

const WORDS = [
  'neighbours',
  'borrow',
  'return',
  'shelf',
  'ladder',
  'drill',
  'code',
  'phone',
  'volunteer',
  'ü',
  '🛠',
] as const;

const inChunks = (text: string): string[] => text.match(/.{1,24}/gsu) ?? [];

function taskList(subject: string, number: number): string {
  const task = (ref: string, dependencies: string[]) => ({
    ref,
    title: `Task ${ref} of call ${number}`,
    description: `For ${subject}.`,
    acceptance_criteria: ['It is there.'],
    type: 'feature',
    priority: 'medium',
    estimate: 3,
    labels: [],
    dependencies,
    requirements: [],
  });
  return JSON.stringify({ tasks: [task('T1', []), task('T2', ['T1']), task('T3', ['T1'])] });
}
