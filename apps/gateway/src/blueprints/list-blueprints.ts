import type { Blueprint, BlueprintResource, Page } from '@planwright/contracts';
import { planKinds } from '@planwright/prompts';
import type { Catalogue } from '@planwright/prompts';

/** The document kinds of this deployment. They are of no workspace: who may ask for a run may read them. */
export class ListBlueprints {
  private readonly page: Page<BlueprintResource>;

  constructor({ blueprints, templates }: Catalogue) {
    const kinds = planKinds({ blueprints, templates });
    const place = ({ document }: Blueprint) => (kinds.includes(document) ? kinds.indexOf(document) : kinds.length);
    const items = [...blueprints.values()]
      .sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1))
      .map((blueprint) => resourceOf(blueprint, kinds.includes(blueprint.document)));
    this.page = { items, next_cursor: null };
  }

  /** All of them: those that runs can be asked for first, those every plan has before the others. */
  execute(): Page<BlueprintResource> {
    return this.page;
  }
}

/** Without what is of no use to a client: prompts, and limits of single calls. */
function resourceOf(blueprint: Blueprint, inPlans: boolean): BlueprintResource {
  const { id, version, document, title, mode, requires, stages } = blueprint;
  const sections = blueprint.sections
    .map(({ prompt: _prompt, max_output_tokens: _tokens, ...section }) => section)
    .sort((a, b) => a.order - b.order);
  return { id, version, document, title, mode, requires, in_plans: inPlans, stages, sections };
}
