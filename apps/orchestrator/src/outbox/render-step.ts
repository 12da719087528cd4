import type { AnyMessage, Envelope, Failure } from '@planwright/contracts';
import { cachesPrefix, makeMessage, MAX_MESSAGE_BYTES } from '@planwright/contracts';
import { detectLanguage } from '@planwright/lint';
import type { RenderInputs } from '@planwright/persistence';
import {
  documentHash,
  documentText,
  inputHash,
  inStageOrder,
  madeFrom,
  pickInputs,
  promptHash,
  PromptError,
  renderPrompt,
  requirementsText,
  sharedData,
  sharedPrefix,
  templateFromPinned,
} from '@planwright/prompts';
import type { PinnedTemplates, Template } from '@planwright/prompts';

type StepGenerate = Extract<AnyMessage, { name: 'step.generate' }>;

/** A command ready to be sent, or why this step can't be asked for. */
export type RenderedStep = { ok: true; message: StepGenerate } | { ok: false; failure: Failure };

/** Far more than are pinned on the runs of a day. */
const MOST_PARSED = 500;
const parsed = new Map<string, Template>();

/**
 * Renders `step.generate` when it is published: from the run's snapshot, the templates pinned on the run and the texts
 * stored by then. Nothing of it is stored, so nothing can differ from what was stored.
 */
export function renderStep(inputs: RenderInputs, envelope: Envelope): RenderedStep {
  const section = { ...inputs.section, uses: inStageOrder(inputs.blueprint, inputs.section) };
  const template = templateOf(inputs.templates, section.prompt);
  const given = pickInputs(template, {
    ...inputs.inputSnapshot,
    sections: inputs.sections,
    ...Object.fromEntries(
      Object.entries(inputs.documents).map(([kind, document]) => [kind, documentText(document.sections)]),
    ),
    requirements: requirementsText(Object.values(inputs.documents).flatMap(({ requirements }) => requirements)),
    instructions: inputs.instructions,
    current_text: inputs.replaced,
  });
  let prompt;
  try {
    prompt = renderPrompt({ template, section, inputs: given });
  } catch (error) {
    if (!(error instanceof PromptError)) throw error;
    const code = error.code === 'input_too_large' ? 'too_large' : 'invalid_request';
    return { ok: false, failure: { code, detail: error.message, resets_at: null } };
  }
  const { provider, model } = inputs;
  const call = { provider, model, maxOutputTokens: section.max_output_tokens };
  const message = makeMessage(
    'step.generate',
    {
      run_id: inputs.runId,
      step_id: inputs.stepId,
      attempt: inputs.attempt,
      class: inputs.class,
      project_id: inputs.projectId,
      document: inputs.document,
      document_id: inputs.documentId,
      version_id: inputs.versionId,
      section_id: section.id,
      title: section.title,
      output: section.output,
      words: section.words,
      max_output_tokens: section.max_output_tokens,
      timeout_ms: inputs.timeoutMs,
      provider,
      model,
      prompt,
      prefix: cachesPrefix(provider) ? sharedPrefix(prompt, sharedInStage(inputs)) : null,
      budget: inputs.budget,
      hashes: {
        prompt: promptHash(prompt, section.output, call),
        template: template.hash,
        input: inputHash(given),
        made_from: madeFrom(template, section.uses, given, documentHashes(inputs.documents)),
      },
      lint: lintOf(inputs),
      repair: inputs.repair,
    },
    envelope,
  );
  const bytes = Buffer.byteLength(JSON.stringify(message));
  if (bytes <= MAX_MESSAGE_BYTES) return { ok: true, message };
  const detail = `the prompt of ${section.title} takes ${bytes} bytes; the limit is ${MAX_MESSAGE_BYTES}`;
  return { ok: false, failure: { code: 'too_large', detail, resets_at: null } };
}

/** The data with which all prompts of the section's stage begin; null where sections are written one after another. */
function sharedInStage(inputs: RenderInputs): ReadonlySet<string> | null {
  const { blueprint, stage } = inputs;
  if (stage.mode !== 'parallel') return null;
  const sections = blueprint.sections.filter(({ id }) => stage.sections.includes(id));
  return sharedData(
    sections.map((section) => ({
      template: templateOf(inputs.templates, section.prompt),
      uses: inStageOrder(blueprint, section),
    })),
  );
}

/** Parsed once for each hash, which stands for all there is in it: parsing takes longer than the rest of rendering. */
function templateOf(pinned: unknown, id: string): Template {
  const hash = (pinned as Partial<PinnedTemplates> | null)?.templates?.[id]?.hash;
  const key = `${id} ${hash}`;
  const known = parsed.get(key);
  if (known) return known;
  const template = templateFromPinned(pinned, id);
  if (parsed.size >= MOST_PARSED) parsed.clear();
  parsed.set(key, template);
  return template;
}

function documentHashes(documents: RenderInputs['documents']): Record<string, string | null> {
  return Object.fromEntries(Object.entries(documents).map(([kind, { sections }]) => [kind, documentHash(sections)]));
}

/** What the text is held against. A person's wishes may ask for another language: then none is expected. */
function lintOf({ blueprint, section, inputSnapshot, instructions }: RenderInputs) {
  const others = blueprint.sections.filter(({ id }) => id !== section.id);
  const language = instructions === null ? detectLanguage(inputSnapshot.idea) : 'unknown';
  return { other_titles: others.map(({ title }) => title), language };
}
