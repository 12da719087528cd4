import { expect, it } from '@jest/globals';
import { EXPORT_FORMATS, fileNameOf } from './export-formats.js';

it.each([
  ['Tennis: Plätze Süd!', '.pdf', 'tennis-plätze-süd.pdf'],
  ['  ../etc/passwd ', '.md', 'etc-passwd.md'],
  ['网球', '-jira.csv', '网球-jira.csv'],
  ['***', '.json', 'plan.json'],
  [`${'long '.repeat(40)}`, '.md', `${'long-'.repeat(12).slice(0, -1)}.md`],
])('names the file of %s', (project, ending, name) => {
  expect(fileNameOf(project, { ending })).toBe(name);
});

it('gives each format a name and an ending of its own', () => {
  expect(new Set(EXPORT_FORMATS.map(({ name }) => name)).size).toBe(EXPORT_FORMATS.length);
  expect(new Set(EXPORT_FORMATS.map(({ ending }) => ending)).size).toBe(EXPORT_FORMATS.length);
});
