import type { TaskDraft } from '@planwright/contracts';
import { sameValue, TASK_FIELDS } from './board-card.js';
import type { BoardCard } from './board-card.js';
import { overlap, readTitle, titleSimilarity } from './similarity.js';
import type { ReadTitle } from './similarity.js';

/** The share of the title where requirement links are there to be compared; they have the rest. */
const TITLE_SHARE = 0.6;
/** Below this two tasks are two tasks. */
const LEAST = 0.6;
/** Whatever requirements say: several tasks may serve one. */
const LEAST_TITLE = 0.5;
/** To hold a draft back because a person deleted its card, it has to be about the same thing beyond doubt. */
const LEAST_DELETED = 0.95;

/** A card's place speaks where nothing else does: rather one that is on the board. */
const PLACES: readonly BoardCard['place'][] = ['board', 'retired', 'deleted'];

interface Pair {
  card: BoardCard;
  draft: number;
  score: number;
  /** Fields that are as they were last generated. */
  same: number;
}

/**
 * Which drafts are about a card that is there already, by index of the draft. Each draft has one card at most, and each
 * card one draft. The most alike pair comes first, then the most alike of the rest; what is equally alike goes by place,
 * then by number and draft, so the same cards and drafts always give the same answer. Numbers and refs are no likeness:
 * a model numbers anew each time.
 */
export function matchTasks(cards: readonly BoardCard[], drafts: readonly TaskDraft[]): Map<number, BoardCard> {
  const titles = drafts.map(({ title }) => readTitle(title));
  const pairs = cards.flatMap((card) => pairsOf(card, drafts, titles));
  pairs.sort(
    (a, b) =>
      b.score - a.score ||
      b.same - a.same ||
      PLACES.indexOf(a.card.place) - PLACES.indexOf(b.card.place) ||
      a.card.number - b.card.number ||
      a.draft - b.draft,
  );
  const matched = new Map<number, BoardCard>();
  const taken = new Set<string>();
  for (const { card, draft } of pairs) {
    if (matched.has(draft) || taken.has(card.id)) continue;
    matched.set(draft, card);
    taken.add(card.id);
  }
  return matched;
}

/** The drafts that may be about this card. A card is known by what was generated, and by what a person made of it. */
function pairsOf(card: BoardCard, drafts: readonly TaskDraft[], titles: readonly ReadTitle[]): Pair[] {
  const faces = [card.base, card.fields].flatMap((fields) => fields ?? []);
  const read = faces.map(({ title }) => readTitle(title));
  const least = card.place === 'deleted' ? LEAST_DELETED : LEAST;
  return drafts.flatMap((draft, i): Pair[] => {
    const scores = faces.map(({ requirements }, face) => {
      const title = titleSimilarity(read[face] as ReadTitle, titles[i] as ReadTitle);
      if (title < LEAST_TITLE) return 0;
      const links = overlap(requirements, draft.requirements);
      return links === null ? title : TITLE_SHARE * title + (1 - TITLE_SHARE) * links;
    });
    const score = Math.max(...scores);
    return score >= least ? [{ card, draft: i, score, same: unchanged(card, draft) }] : [];
  });
}

function unchanged({ base }: BoardCard, { ref: _, ...draft }: TaskDraft): number {
  if (!base) return 0;
  // Dependencies of a draft are refs: they say nothing yet.
  return TASK_FIELDS.filter((field) => field !== 'dependencies' && sameValue(field, base[field], draft[field])).length;
}
