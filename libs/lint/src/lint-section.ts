import { promptText } from '@planwright/contracts';
import type { Prompt } from '@planwright/contracts';
import type { Finding, LintedSection } from './finding.js';
import { detectLanguage } from './language.js';
import { chat, refusal } from './rules/chat.js';
import { empty } from './rules/empty.js';
import { headings } from './rules/headings.js';
import { placeholders } from './rules/placeholders.js';
import { promptLeak } from './rules/prompt-leak.js';
import { repetition } from './rules/repetition.js';
import { truncated } from './rules/truncated.js';
import { wordBudget } from './rules/word-budget.js';
import { wrongLanguage } from './rules/wrong-language.js';

/** In the order in which they are told. */
const SEVERITIES = ['error', 'warning'] as const;

/**
 * Holds a generated section against what can be told without knowing the matter. The same text gives the same findings,
 * errors first. A list of tasks is read for the texts on its cards; whether it is one is `parseTaskDrafts`'s to say.
 */
export function lintSection(section: LintedSection): { findings: Finding[] } {
  const { format, sectionTitle, otherTitles = [], words, prompt } = section;
  const language = section.language ?? languageOfIdea(prompt);
  const material = materialOf(prompt);
  const found =
    format === 'tasks'
      ? onCards(section.text, (text, descriptions) => [
          ...empty(text),
          ...refusal(text),
          ...placeholders(text, material),
          ...promptLeak(text, prompt),
          ...wrongLanguage(text, language),
          // Cards may share a criterion, and a list with two cards alike is still a list.
          ...repetition(descriptions).map((finding) => ({ ...finding, severity: 'warning' as const })),
          ...wordBudget(text, words, format),
        ])
      : [
          ...empty(section.text),
          ...refusal(section.text),
          ...chat(section.text, sectionTitle),
          ...truncated(section.text),
          ...placeholders(section.text, material),
          ...promptLeak(section.text, prompt),
          ...wrongLanguage(section.text, language),
          ...repetition(section.text),
          ...headings(section.text, sectionTitle, otherTitles),
          ...wordBudget(section.text, words, format),
        ];
  return { findings: SEVERITIES.flatMap((severity) => found.filter((finding) => finding.severity === severity)) };
}

/** The language of the idea a prompt was made from. */
function languageOfIdea(prompt: Prompt | undefined): string {
  return detectLanguage(prompt?.user.find(({ data }) => data === 'idea')?.text ?? '');
}

/** Everything in a prompt that its author, or a text made from it, says. */
function materialOf(prompt: Prompt | undefined): string {
  return promptText(prompt?.user.filter(({ data }) => data !== undefined) ?? []);
}

/** A text that is no JSON at all is judged as it stands. */
function onCards(text: string, judge: (cards: string, descriptions: string) => Finding[]): Finding[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    const message = 'The list of tasks ends before its end, or is no JSON';
    return [...empty(text), ...refusal(text), { rule: 'truncated', severity: 'error', message }];
  }
  const tasks = (list as { tasks?: unknown } | null)?.tasks;
  const cards = Array.isArray(tasks) ? (tasks as Record<string, unknown>[]) : [];
  const joined = (texts: unknown[]) => texts.filter((one) => typeof one === 'string').join('\n\n');
  const texts = cards.flatMap(({ title, description, acceptance_criteria: criteria }) => [
    title,
    description,
    criteria,
  ]);
  const descriptions = cards.map(({ description }) => description);
  // Where on a card it stands is nowhere in the list's own text.
  return judge(joined(texts.flat()), joined(descriptions)).map(({ at: _, ...finding }) => finding);
}
