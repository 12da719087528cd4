import type { Blueprint } from '@planwright/contracts';
import { z } from 'zod';
import type { Catalogue } from './catalogue.js';
import { parsePartial, parseTemplate } from './template.js';
import type { Template } from './template.js';

/**
 * The texts a run was started with, as plain JSON: it renders from these to its end, whatever is deployed meanwhile.
 * Partials are stored once, however many templates include them.
 */
export const pinnedTemplatesSchema = z.strictObject({
  templates: z.record(
    z.string(),
    z.strictObject({ id: z.string(), version: z.int(), hash: z.string(), text: z.string() }),
  ),
  partials: z.record(
    z.string(),
    z.strictObject({ id: z.string(), version: z.int(), hash: z.string(), text: z.string() }),
  ),
});
export type PinnedTemplates = z.infer<typeof pinnedTemplatesSchema>;

/** What a run of these blueprints has to store. */
export function pinnedTemplates(catalogue: Catalogue, blueprints: readonly Blueprint[]): PinnedTemplates {
  const pinned: PinnedTemplates = { templates: {}, partials: {} };
  for (const name of new Set(blueprints.flatMap(({ sections }) => sections.map(({ prompt }) => prompt)))) {
    const template = catalogue.templates.get(name);
    if (!template) throw new Error(`there is no template ${name}`);
    pinned.templates[name] = { id: template.id, version: template.version, hash: template.hash, text: template.text };
    for (const id of template.partials) {
      const partial = catalogue.partials.get(id);
      if (!partial) throw new Error(`there is no partial ${id}`);
      pinned.partials[id] = { id, version: partial.version, hash: partial.hash, text: partial.text };
    }
  }
  return pinned;
}

/** A template as it was when it was pinned. It keeps the hash it had then. */
export function templateFromPinned(json: unknown, id: string): Template {
  const { templates, partials } = pinnedTemplatesSchema.parse(json);
  const pinned = templates[id];
  if (!pinned) throw new Error(`template ${id} is not pinned on this run`);
  const parsed = new Map(
    Object.values(partials).map(({ id: name, text }) => [name, parsePartial(text, `pinned partial ${name}`)]),
  );
  return { ...parseTemplate(pinned.text, `pinned template ${id}`, parsed), hash: pinned.hash };
}
