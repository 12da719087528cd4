import type { Blueprint, BlueprintSection, Cost, RunEstimate, SectionEstimate, Usage } from '@planwright/contracts';
import { addCosts, costOfCall, promptText } from '@planwright/contracts';
import type { Database, NewRun, NewRunDocument, SectionHistory, VersionTexts } from '@planwright/persistence';
import { estimateSeconds, newRunState } from '@planwright/plan';
import { atStake } from './at-stake.js';
import type { AtStake } from './at-stake.js';
import { ClosestHistory } from './closest-history.js';
import type { ComposedRun } from './compose-run.js';
import { countTokens, standIn } from './count-tokens.js';
import { expectedPrompts } from './expected-prompts.js';
import { firstGuess } from './first-guess.js';
import { inputFactor } from './input-factor.js';
import type { PromptCatalogue } from './input-factor.js';

/** Micro-units of the currency for what a model reads and writes; null where its price is not known. */
export type EstimateCost = (provider: string, model: string, usage: Usage) => number | null;

/** What an estimate goes by, beside the run itself. */
export interface EstimateSources {
  /** Texts of versions that the run replaces or reads. */
  known: ReadonlyMap<string, VersionTexts>;
  history: SectionHistory;
  catalogue: PromptCatalogue;
  costOf: EstimateCost;
}

/** Says what a composed run would write and take, from what is stored. Locks nothing. */
export class EstimateRun {
  constructor(
    private readonly database: Database,
    private readonly catalogue: PromptCatalogue,
    private readonly costOf: EstimateCost,
  ) {}

  async execute({ run, affected }: ComposedRun): Promise<RunEstimate> {
    const { catalogue, costOf } = this;
    const { read } = this.database;
    const replaced = run.documents.flatMap(({ sourceVersionId }) => sourceVersionId ?? []);
    const known = await read.versionTexts(run.workspaceId, [...replaced, ...Object.values(run.pinnedVersions)]);
    const history = await read.sectionHistory(run.workspaceId, run);
    const stake = await this.database.transaction((tx) => atStake(tx, run, affected));
    return estimateRun(run, stake, { known, history, catalogue, costOf });
  }
}

/**
 * What a run is expected to take. Output: what its sections took lately, else by the length asked for. Input: the length
 * of the prompts as they are going to be, corrected by what providers counted for earlier ones.
 */
export function estimateRun(
  run: NewRun,
  { affected, cards }: AtStake,
  { known, history, catalogue, costOf }: EstimateSources,
): RunEstimate {
  const { provider, model } = run;
  const { idea } = run.inputSnapshot;
  const closest = new ClosestHistory(history, run.projectId, provider, idea);
  const takeOf = (section: BlueprintSection, blueprint: Blueprint) => {
    const usual = closest.of(blueprint.id, section.id);
    return { ...(usual ?? firstGuess(provider, section, idea)), isUsual: usual !== null };
  };
  const factor = inputFactor(closest, catalogue, provider, idea);
  const prompts = expectedPrompts({
    ...{ run, known, templates: catalogue.templates },
    standInFor: (section, blueprint) => {
      const { output_tokens: written, reasoning_tokens: thought } = takeOf(section, blueprint).usage;
      return standIn(provider, Math.max(1, written - thought));
    },
  });
  const documents = run.documents.map((document) => {
    const { blueprint } = document;
    const sections = prompts
      .filter((one) => one.document === document)
      .map(({ section, prompt }): SectionEstimate => {
        const { usage: usual, seconds, isUsual } = takeOf(section, blueprint);
        const text = promptText(prompt.system) + promptText(prompt.user);
        const usage = withInput(usual, Math.ceil(countTokens(provider, text) * factor));
        return {
          id: section.id,
          title: section.title,
          stage: stageOf(section, blueprint),
          input_tokens: usage.input_tokens,
          output_tokens: usage.output_tokens,
          cost: costOfCall(costOf(provider, model, usage)),
          seconds: Math.ceil(seconds),
          from: isUsual ? 'history' : 'blueprint',
        };
      });
    const carried = (document.carried ?? []).map(({ sectionId }) => sectionId);
    return { kind: document.kind, sections, carried, ...sumOf(sections), seconds: secondsOf(document, sections) };
  });
  return {
    provider,
    model,
    documents,
    affected: Object.entries(affected).map(([kind, sections]) => ({ document: kind, sections: [...sections] })),
    cards,
    ...sumOf(documents),
    seconds: documents.reduce((sum, d) => sum + d.seconds, 0),
  };
}

/** With another input, of which the same share is read from the cache and written to it. */
function withInput(usage: Usage, input: number): Usage {
  const { input_tokens: before, cached_input_tokens: cached, cache_write_tokens: kept } = usage;
  const share = before > 0 ? input / before : 0;
  return {
    ...usage,
    input_tokens: input,
    cached_input_tokens: Math.floor(cached * share),
    cache_write_tokens: Math.floor(kept * share),
  };
}

function stageOf({ id }: BlueprintSection, blueprint: Blueprint): number {
  const stage = blueprint.stages.find(({ sections }) => sections.includes(id));
  if (!stage) throw new Error(`blueprint ${blueprint.id} has no stage for ${id}`);
  return stage.number;
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
