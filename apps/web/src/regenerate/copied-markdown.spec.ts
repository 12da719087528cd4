import { expect, it } from '@jest/globals';
import { documentMarkdown, sectionMarkdown } from './copied-markdown.js';

it('puts titles above texts, and leaves out what has none', () => {
  const sections = [
    { title: 'Goals', content: 'One.\n' },
    { title: 'Failed', content: null },
    { title: 'Risks', content: 'Two.' },
  ];
  expect(documentMarkdown('PRD', sections)).toBe('# PRD\n\n## Goals\n\nOne.\n\n## Risks\n\nTwo.\n');
  expect(sectionMarkdown({ title: 'Goals', content: ' One. ' })).toBe('## Goals\n\nOne.\n');
});
