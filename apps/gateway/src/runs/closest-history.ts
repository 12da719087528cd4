import type { Usage } from '@planwright/contracts';
import { countWords, detectLanguage } from '@planwright/lint';
import type { PastSection, SectionHistory } from '@planwright/persistence';
import { countTokens } from './count-tokens.js';

/** What a section usually takes. */
export interface Usual {
  usage: Usage;
  seconds: number;
}

/** English prose with Markdown and blanks, and how many words of an idea say as much about its language as that. */
const CHARS_PER_WORD = 6;
const WEIGHT_WORDS = 30;

/** Tokens of a word in the language of an idea: of a short one mostly what is usual. */
export function tokensPerWord(provider: string, idea: string): number {
  const usual = countTokens(provider, 'x'.repeat(CHARS_PER_WORD * WEIGHT_WORDS));
  return (countTokens(provider, idea) + usual) / (countWords(idea) + WEIGHT_WORDS);
}

/**
 * What sections took that are most like those of a project: its own, else those of projects in its language, else any,
 * with an output as much longer as its language takes more tokens for a word. The median of each: one call that was
 * repaired or that ran away says nothing about the next.
 */
export class ClosestHistory {
  private readonly languages: ReadonlyMap<string, string>;
  private readonly densities: ReadonlyMap<string, number>;
  private readonly language: string;
  private readonly density: number;

  constructor(
    private readonly history: SectionHistory,
    private readonly projectId: string,
    provider: string,
    idea: string,
  ) {
    const { projects } = history;
    this.language = detectLanguage(idea);
    this.density = tokensPerWord(provider, idea);
    this.languages = new Map(projects.map(({ id, beginning }) => [id, detectLanguage(beginning)]));
    this.densities = new Map(projects.map(({ id, beginning }) => [id, tokensPerWord(provider, beginning)]));
  }

  /** Null where no such section was written yet. */
  of(blueprintId: string, sectionId: string): Usual | null {
    const past = this.history.sections.filter(
      (one) => one.blueprintId === blueprintId && one.sectionId === sectionId && one.usage.output_tokens > 0,
    );
    const own = past.filter(({ projectId }) => projectId === this.projectId);
    const alike = past.filter(({ projectId }) => this.languages.get(projectId) === this.language);
    if (own.length > 0) return usualOf(own);
    return alike.length > 0 ? usualOf(alike) : past.length > 0 ? usualOf(past.map((one) => this.scaled(one))) : null;
  }

  /** Ids of the blueprints whose sections are in it. */
  blueprints(): Set<string> {
    return new Set(this.history.sections.map(({ blueprintId }) => blueprintId));
  }

  /** UTF-16 units that the projects behind `of` brought: name, idea and constraints; the median. */
  broughtLength(): number {
    const { projects } = this.history;
    const own = projects.filter(({ id }) => id === this.projectId);
    const alike = projects.filter(({ id }) => this.languages.get(id) === this.language);
    const behind = [own, alike, projects].find(({ length }) => length > 0) ?? [];
    return behind.length > 0 ? median(behind.map(({ length }) => length)) : 0;
  }

  private scaled(past: PastSection): PastSection {
    const factor = this.density / (this.densities.get(past.projectId) ?? this.density);
    return { ...past, usage: { ...past.usage, output_tokens: Math.ceil(past.usage.output_tokens * factor) } };
  }
}

function usualOf(past: readonly PastSection[]): Usual {
  const middle = (of: (one: PastSection) => number) => median(past.map(of));
  return {
    usage: {
      input_tokens: Math.round(middle(({ usage }) => usage.input_tokens)),
      output_tokens: Math.round(middle(({ usage }) => usage.output_tokens)),
      cached_input_tokens: Math.round(middle(({ usage }) => usage.cached_input_tokens)),
      cache_write_tokens: Math.round(middle(({ usage }) => usage.cache_write_tokens)),
      reasoning_tokens: Math.round(middle(({ usage }) => usage.reasoning_tokens)),
      estimated: past.some(({ usage }) => usage.estimated),
    },
    seconds: middle(({ seconds }) => seconds),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}
