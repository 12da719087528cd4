import { promptText } from '@planwright/contracts';
import type { Blueprint } from '@planwright/contracts';
import type { Catalogue } from '@planwright/prompts';
import type { ClosestHistory } from './closest-history.js';
import { countTokens, standIn } from './count-tokens.js';
import { expectedPrompts } from './expected-prompts.js';

export type PromptCatalogue = Pick<Catalogue, 'blueprints' | 'templates'>;

/** Beyond this it is no tokenizer that differs, but what was asked for. */
const [LEAST, MOST] = [0.5, 2];

/**
 * What a provider counts for a prompt, as a multiple of `countTokens`: its prompts of the past, rendered with texts of the
 * usual lengths, beside what they took. Only of documents that read no other one: what these read is not known any more.
 * 1 where nothing is known, and of the offline writer, which counts in the same way.
 */
export function inputFactor(
  history: ClosestHistory,
  catalogue: PromptCatalogue,
  provider: string,
  idea: string,
): number {
  if (provider === 'offline') return 1;
  let used = 0;
  let counted = 0;
  for (const id of history.blueprints()) {
    const blueprint = catalogue.blueprints.get(id);
    if (!blueprint || blueprint.requires.length > 0 || blueprint.sections.some((one) => !history.of(id, one.id)))
      continue;
    for (const { section, prompt } of pastPrompts(blueprint, history, catalogue, provider, idea)) {
      used += history.of(id, section.id)?.usage.input_tokens ?? 0;
      counted += countTokens(provider, promptText(prompt.system) + promptText(prompt.user));
    }
  }
  return counted > 0 ? Math.min(MOST, Math.max(LEAST, used / counted)) : 1;
}

function pastPrompts(
  blueprint: Blueprint,
  history: ClosestHistory,
  { templates }: PromptCatalogue,
  provider: string,
  idea: string,
) {
  const brought = (countTokens(provider, idea) / Math.max(1, idea.length)) * history.broughtLength();
  const document = {
    ...{ kind: blueprint.document, versionId: '', blueprint },
    steps: blueprint.sections.map(({ id }) => ({ id, sectionId: id })),
  };
  return expectedPrompts({
    run: {
      inputSnapshot: { project_name: '', idea: standIn(provider, Math.max(1, brought)), constraints: '' },
      documents: [document],
      pinnedVersions: {},
    },
    templates,
    known: new Map(),
    standInFor: ({ id }) => {
      const { output_tokens: written = 0, reasoning_tokens: thought = 0 } = history.of(blueprint.id, id)?.usage ?? {};
      return standIn(provider, Math.max(1, written - thought));
    },
  });
}
