import { RUN_TRANSITIONS, STEP_TRANSITIONS, VERSION_TRANSITIONS } from './state.js';

/** The state diagrams of the docs: Markdown with one Mermaid diagram each for runs, versions and steps. */
export function transitionsDiagram(): string {
  return [
    section('Runs', RUN_TRANSITIONS),
    section('Versions', VERSION_TRANSITIONS),
    section('Steps', STEP_TRANSITIONS),
  ].join('\n');
}

function section(title: string, transitions: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(transitions).flatMap(([from, next]) =>
    next.length === 0 ? [`${from} --> [*]`] : next.map((to) => `${from} --> ${to}`),
  );
  const diagram = ['stateDiagram-v2', ...['[*] --> queued', ...lines].map((line) => `    ${line}`)];
  return [`## ${title}`, '', '```mermaid', ...diagram, '```', ''].join('\n');
}
