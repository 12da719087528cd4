import type { TaskDraft } from '@planwright/contracts';
import type { Brief } from './brief.js';
import { baseVerb } from './english.js';
import type { Card, FeatureCard } from './task-cards.js';
import { afterFeatures, beforeFeatures, featureCard } from './task-cards.js';
import { clip, distinct, quoted, upperFirst } from './phrases.js';

/**
 * Cards that build something people asked for, at least and at most. Where an idea or its PRD names less, the usual
 * capabilities make up for it. With the cards around them a plan's list has 8 to 15 and a feature's 3 to 8.
 */
const OF_A_PLAN = { fewest: 6, most: 8 };
const OF_A_FEATURE = { fewest: 3, most: 7 };
const NOTE = 'Placeholder by the offline writer: no language model wrote this card.';

/** A task list about the brief, as the JSON text a model would answer with. */
export function writeTasks(brief: Brief, maxLength: number): string {
  const counts = brief.isFeature ? OF_A_FEATURE : OF_A_PLAN;
  for (let features = counts.most; ; features--) {
    const text = JSON.stringify({ tasks: taskList(brief, counts.fewest, features) }, null, 1);
    // Fewer cards where the output limit is low; with a single one left the limit is somebody else's mistake.
    if (text.length <= maxLength || features === 1) return text;
  }
}

function taskList(brief: Brief, fewest: number, most: number): TaskDraft[] {
  const cards = featuresOf(brief);
  const count = Math.min(most, Math.max(fewest, brief.requirements.functional.length));
  const shown = cards.slice(0, count);
  const features = shown.map((card, i) => {
    // What the PRD asks for beyond the number of cards is spread over them, so that each is on some card.
    const others = cards.slice(count).filter(({ required }, k) => required && k % shown.length === i);
    const names = [card, ...others].map(({ name }) => name);
    return { ...featureCard(brief, { ...card, covers: others.map(({ title }) => title) }, i), names };
  });
  const levels = brief.requirements.quality;
  const after = afterFeatures(brief, features).map((card) =>
    card.key === 'measure' ? { ...card, names: levels } : card,
  );
  // A product that is there already has what stands around its features; what is measured may be new.
  const drafts: (Card & { names?: string[] })[] = brief.isFeature
    ? [...features, ...after.filter(({ key }) => key === 'measure' && levels.length > 0)]
    : [...beforeFeatures(brief), ...features, ...after];
  const refs = new Map(drafts.map(({ key }, i) => [key, `T${i + 1}`]));
  return drafts.map(({ key, after, description, title, names = [], ...draft }) => ({
    ref: refs.get(key) ?? key,
    title: clip(title, 24, 140),
    description: `${description}\n\n_${NOTE}_`,
    ...draft,
    dependencies: after.flatMap((other) => refs.get(other) ?? []),
    requirements: distinct(names.flatMap((name) => brief.ids.get(name.toLowerCase()) ?? [])).slice(0, 20),
  }));
}

/** What gets a card of its own: the PRD's requirements in their order, then what the idea asks for beyond them. */
function featuresOf(brief: Brief): (FeatureCard & { name: string })[] {
  const byTitle = new Map(brief.capabilities.map((capability) => [capability.title.toLowerCase(), capability]));
  const titles = brief.requirements.functional;
  const asked = brief.capabilities.map(({ title }) => title);
  return distinct([...titles, ...asked]).map((title) => {
    const capability = byTitle.get(title.toLowerCase());
    const required = titles.includes(title);
    if (capability) {
      const user = capability.user ?? brief.users[0] ?? 'users';
      const own = `Let ${user} ${capability.deed}`;
      return { name: title, title: own, user, deed: capability.deed, required, covers: [] };
    }
    const user = brief.users[0] ?? 'users';
    const imperative =
      title.includes(' ') && baseVerb(title.split(' ')[0] ?? '') === title.split(' ')[0]?.toLowerCase();
    return imperative
      ? { name: title, title: upperFirst(title), user, deed: null, required, covers: [] }
      : { name: title, title: `Implement ${quoted(title)}`, user, deed: `use ${quoted(title)}`, required, covers: [] };
  });
}
