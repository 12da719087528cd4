import type { ExportedTask } from '@planwright/contracts';

/** A card's text for a tracker: what it is about, how it is accepted, and what it hangs on, by key. */
export function descriptionOf(task: ExportedTask): string {
  const { description, acceptance_criteria: criteria, dependencies, requirements } = task;
  const parts = [
    description.trim(),
    criteria.length > 0 ? `Acceptance criteria:\n${criteria.map((one) => `* ${one}`).join('\n')}` : '',
    dependencies.length > 0 ? `Depends on: ${dependencies.join(', ')}` : '',
    requirements.length > 0 ? `Requirements: ${requirements.join(', ')}` : '',
    `Planwright: ${task.key}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
