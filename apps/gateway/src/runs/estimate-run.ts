import type { Blueprint, BlueprintSection, Cost, RunEstimate, SectionEstimate, Usage } from '@planwright/contracts';
import { addCosts, costOfCall, plainUsage } from '@planwright/contracts';
import type { NewRun, NewRunDocument, UsualSection } from '@planwright/persistence';
import { estimateSeconds, estimateTokens, newRunState } from '@planwright/plan';

/** Micro-units of the currency for what a model reads and writes; null where its price is not known. */
export type EstimateCost = (provider: string, model: string, usage: Usage) => number | null;

/** English prose, as `estimateTokens` has it. */
const TOKENS_PER_WORD = 4 / 3;
/** A careful guess at a hosted model, until the workspace has a history with it: how soon it begins, how fast it writes. */
const FIRST_TOKEN_SECONDS = 1;
const TOKENS_PER_SECOND = 60;

/** What a run is expected to take: by what its sections took lately (`usual`), else by their blueprints. */
export function estimateRun(run: NewRun, usual: readonly UsualSection[], costOf: EstimateCost): RunEstimate {
  const { provider, model } = run;
  const documents = run.documents.map((document) => {
    const sections = document.steps.map(({ sectionId }): SectionEstimate => {
      const { blueprint } = document;
      const section = blueprint.sections.find(({ id }) => id === sectionId);
      const stage = blueprint.stages.find((one) => one.sections.includes(sectionId));
      if (!section || !stage) throw new Error(`blueprint ${blueprint.id} has no section ${sectionId}`);
      const known = usual.find((one) => one.blueprintId === blueprint.id && one.sectionId === sectionId);
      const { usage, seconds } = known ?? byBlueprint(section, blueprint, run);
      return {
        id: sectionId,
        title: section.title,
        stage: stage.number,
        input_tokens: usage.input_tokens,
        output_tokens: usage.output_tokens,
        cost: costOfCall(costOf(provider, model, usage)),
        seconds: Math.ceil(seconds),
        from: known ? 'history' : 'blueprint',
      };
    });
    return { kind: document.kind, sections, ...sumOf(sections), seconds: secondsOf(document, sections) };
  });
  return { provider, model, documents, ...sumOf(documents), seconds: documents.reduce((sum, d) => sum + d.seconds, 0) };
}

function byBlueprint(
  section: BlueprintSection,
  blueprint: Blueprint,
  { inputSnapshot: { idea, constraints } }: NewRun,
) {
  const output = Math.ceil(Math.min(section.words.target * TOKENS_PER_WORD, section.max_output_tokens));
  const input = estimateTokens(section, blueprint, idea.length + constraints.length) - output;
  return {
    usage: plainUsage(Math.max(0, input), output, true),
    seconds: FIRST_TOKEN_SECONDS + output / TOKENS_PER_SECOND,
  };
}

function sumOf(parts: readonly { input_tokens: number; output_tokens: number; cost: Cost | null }[]) {
  return {
    input_tokens: parts.reduce((sum, part) => sum + part.input_tokens, 0),
    output_tokens: parts.reduce((sum, part) => sum + part.output_tokens, 0),
    cost: addCosts(parts.map((part) => part.cost)),
  };
}

/** Sections of a sequential stage one after another, of a parallel stage side by side. */
function secondsOf({ kind, versionId, blueprint, carried = [] }: NewRunDocument, sections: readonly SectionEstimate[]) {
  const state = newRunState({
    runId: kind,
    kind,
    documents: [{ documentId: kind, versionId, blueprint, carried: carried.map(({ sectionId }) => sectionId) }],
    newStepId: () => kind,
  });
  const [document] = state.documents;
  if (!document) throw new Error(`${kind} has no document`);
  const usual = new Map(sections.map(({ id, seconds }) => [id, seconds * 1000]));
  return estimateSeconds(state, document, 0, usual) ?? 0;
}
