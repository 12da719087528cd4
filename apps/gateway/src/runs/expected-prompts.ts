import type { Blueprint, BlueprintSection, Prompt } from '@planwright/contracts';
import type { NewRun, NewRunDocument, VersionTexts } from '@planwright/persistence';
import { documentText, inStageOrder, pickInputs, renderPrompt, requirementsText } from '@planwright/prompts';
import type { Template } from '@planwright/prompts';

/** What prompts can be made from before anything is written. */
export interface PromptMaterial {
  run: Pick<NewRun, 'inputSnapshot' | 'documents' | 'pinnedVersions'>;
  templates: ReadonlyMap<string, Template>;
  /** Texts that are there: of versions the run replaces, and of those it reads. */
  known: ReadonlyMap<string, VersionTexts>;
  /** Stands in for the text of a section that the run writes. */
  standInFor: (section: BlueprintSection, blueprint: Blueprint) => string;
}

/** The sections a run writes, in the order of writing, with the prompt each is going to have, as far as that is known. */
export interface ExpectedPrompt {
  document: NewRunDocument;
  section: BlueprintSection;
  prompt: Prompt;
}

/**
 * Renders every prompt of a run before the run: with the texts that are there, and stand-ins for those it writes first.
 * What is longer than its budget is rendered all the same.
 */
export function expectedPrompts(material: PromptMaterial): ExpectedPrompt[] {
  const { run, templates, known } = material;
  const documents = new Map<string, VersionTexts>();
  for (const [kind, versionId] of Object.entries(run.pinnedVersions)) {
    documents.set(kind, known.get(versionId) ?? NONE);
  }
  return run.documents.flatMap((document) => {
    const { blueprint, steps } = document;
    const replaced = known.get(document.sourceVersionId ?? '') ?? NONE;
    const texts = textsOf(document, replaced, material);
    const read = blueprint.requires.map((kind) => [kind, documents.get(kind) ?? NONE] as const);
    documents.set(document.kind, texts);
    return steps.map(({ sectionId, instructions = null }) => {
      const section = blueprint.sections.find(({ id }) => id === sectionId);
      const template = templates.get(section?.prompt ?? '');
      if (!section || !template)
        throw new Error(`blueprint ${blueprint.id} has no section ${sectionId}, or no template`);
      const uses = inStageOrder(blueprint, section);
      const inputs = pickInputs(template, {
        ...run.inputSnapshot,
        sections: Object.fromEntries(uses.map((id) => [id, textOf(texts, id)])),
        ...Object.fromEntries(
          read.map(([kind, { sections }]) => [kind, documentText(sections.filter(({ content }) => content !== ''))]),
        ),
        requirements: requirementsText(read.flatMap(([, { requirements }]) => requirements)),
        instructions,
        current_text: instructions === null ? null : textOf(replaced, sectionId),
      });
      const prompt = renderPrompt({ template: unbounded(template), section: { ...section, uses }, inputs });
      return { document, section, prompt };
    });
  });
}

const NONE: VersionTexts = { sections: [], requirements: [] };

const textOf = ({ sections }: VersionTexts, id: string): string =>
  sections.find((section) => section.id === id)?.content ?? '';

/** The version as it is going to be: texts it takes over, and stand-ins. */
function textsOf(
  { blueprint, steps }: NewRunDocument,
  replaced: VersionTexts,
  { standInFor }: PromptMaterial,
): VersionTexts {
  const isWritten = (id: string) => steps.some(({ sectionId }) => sectionId === id);
  const ordered = blueprint.sections.toSorted((a, b) => a.order - b.order);
  return {
    sections: ordered.map((section) => ({
      id: section.id,
      title: section.title,
      content: isWritten(section.id) ? standInFor(section, blueprint) : textOf(replaced, section.id),
    })),
    requirements: ordered.flatMap((section) => {
      if (!isWritten(section.id)) return replaced.requirements.filter(({ sectionId }) => sectionId === section.id);
      const kept = section.requirements ? standInFor(section, blueprint) : '';
      return kept === '' ? [] : [{ sectionId: section.id, id: '', quote: quotedOf(kept) }];
    }),
  };
}

/** Of a section of requirements, what its requirements say themselves: the rest is headings and what hangs below them. */
const QUOTED_SHARE = 0.8;
const quotedOf = (text: string): string => text.slice(0, Math.round(text.length * QUOTED_SHARE));

const bare = new WeakMap<Template, Template>();

/** A stand-in may be longer than a template takes; the text itself is refused then, and this is only about its length. */
function unbounded(template: Template): Template {
  const known = bare.get(template);
  if (known) return known;
  const inputs = Object.entries(template.inputs).map(([name, { max_tokens: _, ...input }]) => [name, input] as const);
  const made = { ...template, inputs: Object.fromEntries(inputs) };
  bare.set(template, made);
  return made;
}
