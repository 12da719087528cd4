import type { TaskDraft, TaskField, TaskFields } from '@planwright/contracts';
import fc from 'fast-check';

/** One thing that people or generators do to a board. Numbers pick among what there is when it happens. */
export type Act =
  | { act: 'create'; title: number; column: number; text: number }
  | { act: 'edit'; card: number; field: TaskField; text: number; to: 'any' | 'generated' | 'offered' }
  | { act: 'move'; card: number; column: number; before: number | null; after: number | null }
  | { act: 'delete' | 'restore'; card: number }
  | { act: 'decide'; card: number; action: 'accept' | 'dismiss'; fields: number | null }
  | { act: 'regenerate'; drafts: readonly TaskDraft[] }
  /** The same task set again. */
  | { act: 'again' };

const TITLES = [
  'Import the calendar of the club',
  'Show free courts on a map',
  'Show free courts in a list',
  'Send a reminder before the match',
  'Send a reminder after the match',
  'Charge the card of the player',
  'Refund the card of the player',
  'Write the manual for operators',
  'Rate a court',
  'Report a broken net',
  'Set up the database',
  'Measure how fast pages are',
];
const TEXTS = ['One.', 'Two.', 'Three.', 'Four.', 'Five.'];
const LABELS = [[], ['api'], ['web', 'api'], ['slow']];
const LINKS = [[], ['FR-1'], ['FR-2'], ['FR-1', 'FR-2']];

/** A title a person or a generator may give; close ones are there to be mistaken for each other. */
export const titleOf = (n: number): string => {
  const title = TITLES[n % TITLES.length] ?? '';
  const turn = Math.floor(n / TITLES.length) % 3;
  return turn === 0 ? title : turn === 1 ? `${title}, please` : title.replace(' the ', ' every ');
};

/** A value for a field; `ids` are cards to depend on. */
export function valueOf<F extends TaskField>(field: F, n: number, ids: readonly string[]): TaskFields[F] {
  const of = <T>(values: readonly T[]): T => values[n % values.length] as T;
  const values: TaskFields = {
    title: titleOf(n),
    description: of(TEXTS),
    acceptance_criteria: of([['It works.'], ['It works.', 'It is fast.'], []]),
    type: of(['feature', 'bug', 'chore']),
    priority: of(['low', 'high', 'urgent']),
    estimate: of([1, 3, 8, null]),
    labels: of(LABELS),
    dependencies: ids.filter((_, i) => (n >> (i % 10)) % 3 === 1).slice(0, 3),
    requirements: of(LINKS),
  };
  return values[field];
}

const number = fc.nat(999);
const draft = fc.record({ title: number, text: number, dependencies: fc.array(fc.nat(9), { maxLength: 2 }) });
const drafts: fc.Arbitrary<TaskDraft[]> = fc
  .uniqueArray(draft, { minLength: 1, maxLength: 8, selector: ({ title }) => titleOf(title) })
  .map((all) =>
    all.map(({ title, text, dependencies }, i) => ({
      ref: `t${i}`,
      title: titleOf(title),
      description: valueOf('description', text, []),
      acceptance_criteria: ['It works.'],
      type: valueOf('type', text, []),
      priority: valueOf('priority', text + 1, []),
      estimate: ([1, 3, 8] as const)[text % 3] ?? 1,
      labels: valueOf('labels', text, []),
      // Upwards only: a list of drafts has no circles.
      dependencies: [...new Set(dependencies.filter((n) => n < i).map((n) => `t${n}`))],
      requirements: valueOf('requirements', text >> 2, []),
    })),
  );

const field = fc.constantFrom<TaskField>(
  ...(['title', 'description', 'acceptance_criteria', 'type', 'priority', 'estimate', 'labels'] as const),
  ...(['dependencies', 'dependencies', 'requirements'] as const),
);
const neighbour = fc.option(number, { freq: 2 });

/** A sequence that begins with a task set, as most boards do. */
export const acts: fc.Arbitrary<Act[]> = fc
  .tuple(
    drafts,
    fc.array(
      fc.oneof(
        {
          weight: 1,
          arbitrary: fc.record({ act: fc.constant('create' as const), title: number, column: number, text: number }),
        },
        {
          weight: 5,
          arbitrary: fc.record({
            act: fc.constant('edit' as const),
            card: number,
            field,
            text: number,
            to: fc.constantFrom(
              'any' as const,
              'any' as const,
              'any' as const,
              'generated' as const,
              'offered' as const,
            ),
          }),
        },
        {
          weight: 3,
          arbitrary: fc.record({
            act: fc.constant('move' as const),
            ...{ card: number, column: number, before: neighbour, after: neighbour },
          }),
        },
        {
          weight: 1,
          arbitrary: fc.record({ act: fc.constantFrom('delete' as const, 'restore' as const), card: number }),
        },
        {
          weight: 2,
          arbitrary: fc.record({
            act: fc.constant('decide' as const),
            card: number,
            action: fc.constantFrom('accept' as const, 'dismiss' as const),
            fields: neighbour,
          }),
        },
        { weight: 3, arbitrary: fc.record({ act: fc.constant('regenerate' as const), drafts }) },
        { weight: 1, arbitrary: fc.record({ act: fc.constant('again' as const) }) },
      ),
      { minLength: 5, maxLength: 40, size: 'max' },
    ),
  )
  .map(([first, rest]) => [{ act: 'regenerate', drafts: first }, ...rest]);
