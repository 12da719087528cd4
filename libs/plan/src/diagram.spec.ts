import { transitionsDiagram } from './diagram.js';
import { RUN_TRANSITIONS, STEP_TRANSITIONS, VERSION_TRANSITIONS } from './state.js';

test('the diagram has every legal transition, every end and nothing else', () => {
  const constants: Record<string, readonly string[]>[] = [RUN_TRANSITIONS, VERSION_TRANSITIONS, STEP_TRANSITIONS];
  const all = constants.flatMap((transitions) => [
    '[*] --> queued',
    ...Object.entries(transitions).flatMap(([from, next]) =>
      next.length === 0 ? [`${from} --> [*]`] : next.map((to) => `${from} --> ${to}`),
    ),
  ]);
  const drawn = transitionsDiagram()
    .split('\n')
    .filter((line) => line.includes('-->'));
  expect(drawn.map((line) => line.trim())).toEqual(all);
});

test('the diagram is Markdown with one Mermaid block each for runs, versions and steps', () => {
  const headings = transitionsDiagram()
    .split('\n')
    .filter((line) => /^(## |```mermaid|stateDiagram)/.test(line));
  const block = ['```mermaid', 'stateDiagram-v2'];
  expect(headings).toEqual(['## Runs', ...block, '## Versions', ...block, '## Steps', ...block]);
});
