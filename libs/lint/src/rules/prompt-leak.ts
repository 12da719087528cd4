import type { Prompt } from '@planwright/contracts';
import type { Finding } from '../finding.js';

/** So many words of ours in a row are no accident. */
const RUN = 12;
const FENCE = /<\/?data\b[^>\n]{0,80}\bnonce\s*=|<data\s+name\s*=/i;

/** What the model was told came back: a fence of the prompt, or a run of the platform's own words. */
export function promptLeak(text: string, prompt: Prompt | undefined): Finding[] {
  const fence = FENCE.exec(text);
  if (fence) {
    const message = 'The text repeats the marks that fence data in the prompt';
    return [{ rule: 'prompt_leak', severity: 'error', message, at: fence.index }];
  }
  if (!prompt) return [];
  const known = new Set<string>();
  // A value of the author's may be quoted; the sentences around it are ours.
  const ours = [...prompt.system, ...prompt.user].map(({ text: part, data }) => (data === undefined ? part : '\n\n\n'));
  for (const paragraph of ours.join('').split(/\n\s*\n/)) {
    for (const run of runsOf(paragraph)) known.add(run.words);
  }
  const leak = runsOf(text).find(({ words }) => known.has(words));
  if (!leak) return [];
  const message = `The text repeats instructions of the prompt ("${leak.words.split(' ').slice(0, 6).join(' ')} …")`;
  return [{ rule: 'prompt_leak', severity: 'error', message, at: leak.at }];
}

function runsOf(text: string): { words: string; at: number }[] {
  const words = [...text.matchAll(/[\p{L}\p{N}]+(?:['’]\p{L}+)*/gu)];
  return words.slice(0, Math.max(0, words.length - RUN + 1)).map((first, i) => ({
    words: words
      .slice(i, i + RUN)
      .map(([word]) => word.toLowerCase())
      .join(' '),
    at: first.index,
  }));
}
