import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The kind of document the bench has written. */
export const KIND = 'handbook';

const TITLES = [
  ...['Purpose', 'Lending', 'Shelves', 'Codes', 'Deposits', 'Reminders', 'Damage', 'Repairs', 'Volunteers', 'Reports'],
  ...['Rollout', 'Summary'],
];
export const SECTIONS = TITLES.map((_, i) => `${KIND}_${i + 1}`);
/** As a PRD is written: some sections one after another, most side by side from them, the summary last. */
const STAGES = [SECTIONS.slice(0, 2), SECTIONS.slice(2, 10), SECTIONS.slice(10)];

const TEMPLATE = `---
id: ${KIND}.section
version: 1
output: { kind: markdown, words: { min: 1, max: 100000 } }
---

## system

{{> shared_context}}

## user

{{> project}}

### Your section: {{section_title}}

{{> closing}}
`;

/** A folder with the blueprint of a document of 12 sections with so many words each, for `PLANWRIGHT_BLUEPRINTS_DIR`. */
export async function longDocument(words: number): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'pw-bench-'));
  await mkdir(join(dir, 'blueprints'));
  await mkdir(join(dir, 'templates', KIND), { recursive: true });
  // JSON is YAML.
  await writeFile(join(dir, 'blueprints', `${KIND}.yaml`), JSON.stringify(blueprint(words), null, 2));
  await writeFile(join(dir, 'templates', KIND, 'section.md'), TEMPLATE);
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

const blueprint = (words: number): object => ({
  id: KIND,
  version: 1,
  document: KIND,
  mode: null,
  title: 'Handbook',
  stages: STAGES.map((sections, i) => ({
    number: i + 1,
    mode: i === 1 ? 'parallel' : 'sequential',
    streamed: true,
    timeout_seconds: 600,
    sections,
  })),
  sections: TITLES.map((title, order) => ({
    id: SECTIONS[order],
    title,
    order,
    prompt: `${KIND}.section`,
    words: { min: words, target: words, max: words + 20 },
    max_output_tokens: words * 4,
  })),
});
