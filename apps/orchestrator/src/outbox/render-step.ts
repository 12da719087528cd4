import type { AnyMessage, Envelope, Failure } from '@planwright/contracts';
import { makeMessage, MAX_MESSAGE_BYTES } from '@planwright/contracts';
import type { InputDocument, RenderInputs } from '@planwright/persistence';
import { inputHash, pickInputs, promptHash, PromptError, renderPrompt, templateFromPinned } from '@planwright/prompts';
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
  const { section } = inputs;
  const template = templateOf(inputs.templates, section.prompt);
  const given = pickInputs(template, {
    ...inputs.inputSnapshot,
    sections: inputs.sections,
    ...Object.fromEntries(Object.entries(inputs.documents).map(([kind, document]) => [kind, documentText(document)])),
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
      hashes: { prompt: promptHash(prompt, section.output, call), template: template.hash, input: inputHash(given) },
      repair: inputs.repair,
    },
    envelope,
  );
  const bytes = Buffer.byteLength(JSON.stringify(message));
  if (bytes <= MAX_MESSAGE_BYTES) return { ok: true, message };
  const detail = `the prompt of ${section.title} takes ${bytes} bytes; the limit is ${MAX_MESSAGE_BYTES}`;
  return { ok: false, failure: { code: 'too_large', detail, resets_at: null } };
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

/** A whole document as a section of another one reads it. */
function documentText({ sections }: InputDocument): string {
  return sections.map(({ title, content }) => `## ${title}\n\n${content}`).join('\n\n');
}
