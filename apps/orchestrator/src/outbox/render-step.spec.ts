import type { Blueprint } from '@planwright/contracts';
import { promptText } from '@planwright/contracts';
import type { RenderInputs } from '@planwright/persistence';
import { findBlueprint, loadCatalogue, pinnedTemplates } from '@planwright/prompts';
import { renderStep } from './render-step.js';

const id = (n: number) => `0199f3a2-7c1e-7a43-9d52-${String(n).padStart(12, '0')}`;
const catalogue = loadCatalogue();
const prd = findBlueprint(catalogue, 'prd', 'detailed')!;
const envelope = {
  id: id(9),
  occurred_at: '2026-11-21T09:30:00.000Z',
  workspace_id: id(0),
  run_id: id(1),
  causation_id: null,
  traceparent: null,
};

function inputsOf(sectionId: string, blueprint: Blueprint = prd): RenderInputs {
  const section = blueprint.sections.find((candidate) => candidate.id === sectionId)!;
  return {
    workspaceId: id(0),
    projectId: id(2),
    runId: id(1),
    stepId: id(5),
    attempt: 1,
    class: 'interactive',
    mode: 'detailed',
    provider: 'anthropic',
    model: 'offline-writer',
    document: 'prd',
    documentId: id(3),
    versionId: id(4),
    inputSnapshot: { project_name: 'P', idea: 'Find a free tennis court.', constraints: 'No payments.' },
    templates: JSON.parse(JSON.stringify(pinnedTemplates(catalogue, [blueprint]))),
    blueprint,
    section,
    stage: blueprint.stages.find(({ sections }) => sections.includes(sectionId))!,
    timeoutMs: 41_000,
    repair: null,
    instructions: null,
    replaced: null,
    budget: null,
    sections: Object.fromEntries(section.uses.map((used) => [used, `The text of ${used}.`])),
    documents: {},
  };
}

function sent(inputs: RenderInputs) {
  const rendered = renderStep(inputs, envelope);
  if (!rendered.ok) throw new Error(rendered.failure.detail);
  const { prompt, prefix } = rendered.message.payload;
  const begin = promptText(prompt.system) + promptText(prompt.user.slice(0, prefix?.parts ?? 0));
  const data = prompt.user.flatMap((part, i) => (part.data ? [{ name: part.data, i }] : []));
  return {
    prefix,
    begin,
    shown: data.map(({ name }) => name),
    shared: data.filter(({ i }) => i < (prefix?.parts ?? 0)),
  };
}

it('names what the sections of a parallel stage share', () => {
  const all = prd.stages[1]!.sections.map((section) => sent(inputsOf(section)));
  expect(all).toHaveLength(7);
  expect(new Set(all.map(({ prefix }) => prefix?.key)).size).toBe(1);
  expect(new Set(all.map(({ begin }) => begin)).size).toBe(1);
  const { shown, shared } = all[0]!;
  expect(shared.map(({ name }) => name)).toEqual(shown);
  expect(shown.at(-1)).toBe('proposed_solution');
});

it('names nothing where sections are written one after another', () => {
  expect(prd.stages[0]!.sections.map((section) => sent(inputsOf(section)).prefix)).toEqual([null, null, null, null]);
});

it('shows first what all sections of the stage use', () => {
  const uses: Record<string, string[]> = {
    appendix: ['problem_statement', 'proposed_solution'],
    success_metrics: ['proposed_solution', 'goals_objectives'],
  };
  const sections = prd.sections.map((section) => ({ ...section, uses: uses[section.id] ?? section.uses }));
  const [appendix, metrics] = ['appendix', 'success_metrics'].map((section) =>
    sent(inputsOf(section, { ...prd, sections })),
  );
  expect(appendix?.shown.slice(-2)).toEqual(['proposed_solution', 'problem_statement']);
  expect(metrics?.shown.slice(-2)).toEqual(['proposed_solution', 'goals_objectives']);
  expect(metrics?.prefix).toEqual(appendix?.prefix);
  expect(metrics?.shared.at(-1)?.name).toBe('proposed_solution');
});

describe('what a text is held against', () => {
  const lintOf = (changes: Partial<RenderInputs>) => {
    const rendered = renderStep({ ...inputsOf('goals_objectives'), ...changes }, envelope);
    return rendered.ok ? rendered.message.payload.lint : null;
  };
  it('is the language of the idea, and the titles of the other sections', () => {
    const lint = lintOf({
      inputSnapshot: {
        project_name: 'P',
        idea: 'Die Liste der freien Plätze für die Spieler in der Stadt.',
        constraints: '',
      },
    });
    expect(lint?.language).toBe('de');
    expect(lint?.other_titles).toHaveLength(prd.sections.length - 1);
    expect(lint?.other_titles).not.toContain('Goals and Objectives');
  });
  it('is no language where a person has wishes, or the idea says too little', () => {
    expect(lintOf({ instructions: 'In Dutch, please.' })?.language).toBe('unknown');
    expect(lintOf({ inputSnapshot: { project_name: 'P', idea: 'Tennis!', constraints: '' } })?.language).toBe(
      'unknown',
    );
  });
});
