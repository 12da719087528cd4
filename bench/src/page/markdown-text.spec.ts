import { countWords, lintSection } from '@planwright/lint';
import { markdownText } from './markdown-text.js';

it.each([100, 417, 1_667])('writes at least %d words and few more, the same from the same seed', (words) => {
  const text = markdownText('a', words);
  expect(countWords(text)).toBeGreaterThanOrEqual(words);
  expect(countWords(text)).toBeLessThan(words + 20);
  expect(markdownText('a', words)).toBe(text);
  expect(markdownText('b', words)).not.toBe(text);
});

it('has every form that the page draws, and passes as a section of a plan', () => {
  const text = markdownText('a', 1_667);
  for (const form of [/^### /m, /^- \*\*/m, /^ {2}- /m, /^1\. /m, /^\| --- /m, /^```json$/m, /^> /m, /\]\(https:/]) {
    expect(text).toMatch(form);
  }
  const words = { min: 1_600, target: 1_700, max: 1_800 };
  expect(lintSection({ text, format: 'markdown', sectionTitle: 'Lending', words, language: 'en' })).toEqual({
    findings: [],
  });
});
