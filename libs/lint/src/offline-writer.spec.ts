import type { Blueprint, BlueprintSection, GenerateRequest, Prompt } from '@planwright/contracts';
import { createOfflineProvider } from '@planwright/llm';
import { inStageOrder, loadCatalogue, pickInputs, renderPrompt } from '@planwright/prompts';
import { lintSection } from './lint-section.js';
import { readRequirements } from './requirements/read-requirements.js';

const catalogue = loadCatalogue();
const IDEAS = [
  'A shared list of free tennis courts in the city, so that players stop phoning the clubs.',
  'An app that reminds patients to take their medicine and tells the nurse when they did not.',
  'Eine Tauschbörse für Werkzeug in der Nachbarschaft, damit nicht jeder eine Bohrmaschine kaufen muss.',
  'TODO app',
  'Приложение, которое показывает свободные теннисные корты рядом, чтобы игроки не звонили в клубы.',
  '近くの空いているテニスコートを探して予約できるアプリ。',
];
const CONSTRAINTS =
  'Two developers. Three months. GDPR applies. No paid cloud service. Works offline. Runs on one small server. Open source only. English and French.';

const isSpaced = (text: string) => text.includes(' ');

const provider = createOfflineProvider({ firstChunkMs: 0, chunkMs: 0 });
async function write(request: GenerateRequest): Promise<string> {
  let text = '';
  for await (const event of provider.stream(request, new AbortController().signal)) {
    if (event.type === 'content') text += event.text;
  }
  return text;
}

/** Writes a section from what was written before it. */
async function section(blueprint: Blueprint, asked: BlueprintSection, prompt: Prompt) {
  const text = await write({
    ...{ prompt, model: 'offline-writer', output: asked.output, words: asked.words, title: asked.title },
    ...{ maxOutputTokens: asked.max_output_tokens, document: blueprint.document, sectionId: asked.id },
    ...{ repair: null, prefix: null },
  });
  const otherTitles = blueprint.sections.filter(({ id }) => id !== asked.id).map(({ title }) => title);
  const { findings } = lintSection({
    ...{ text, format: asked.output, sectionTitle: asked.title, otherTitles, words: asked.words, prompt },
    // It writes English whatever it is asked, with people's words in it: it is not judged by its language.
    language: 'unknown',
  });
  return { text, findings };
}

describe.each(IDEAS)('the offline writer on "%s"', (idea) => {
  it('is found fault with in no section of any built-in document', async () => {
    const documents: Record<string, string> = {};
    const wrong: unknown[] = [];
    const kinds = ['prd', 'tech_spec', 'task_set', 'feature_spec', 'feature_tasks'];
    const blueprints = [...catalogue.blueprints.values()].sort(
      (a, b) => kinds.indexOf(a.document) - kinds.indexOf(b.document),
    );
    for (const blueprint of blueprints) {
      const written: Record<string, string> = {};
      for (const id of blueprint.stages.flatMap(({ sections }) => sections)) {
        const asked = blueprint.sections.find((candidate) => candidate.id === id)!;
        const template = catalogue.templates.get(asked.prompt)!;
        const ordered = { ...asked, uses: inStageOrder(blueprint, asked) };
        const used = Object.fromEntries(ordered.uses.map((use) => [use, written[use] ?? '']));
        const inputs = {
          project_name: '',
          idea,
          constraints: CONSTRAINTS,
          feature_description: idea,
          sections: used,
          ...documents,
        };
        const prompt = renderPrompt({ template, section: ordered, inputs: pickInputs(template, inputs) });
        const { text, findings } = await section(blueprint, asked, prompt);
        written[id] = text;
        // A text of scripts without spaces is counted in other words than it was written by.
        const counted = findings.filter(({ severity }) => severity === 'error' || isSpaced(idea));
        if (counted.length > 0) wrong.push({ document: blueprint.id, section: id, findings: counted });
        if (asked.requirements) expect(readRequirements(text).length).toBeGreaterThanOrEqual(4);
      }
      documents[blueprint.document] = blueprint.sections
        .map(({ id, title }) => `## ${title}\n\n${written[id]}`)
        .join('\n\n');
    }
    expect(wrong).toEqual([]);
  });
});
