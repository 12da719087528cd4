import { assert, property } from 'fast-check';
import { parse } from 'yaml';
import { anyPlan } from '../test/any-plan.js';
import { document, failed, feature, plan, planWith, section, task } from '../test/plan.js';
import { readZip } from '../test/readers.js';
import { markdownFile } from './markdown.js';
import { parseMarkdown } from './paper/parse-markdown.js';
import { renderDocument } from './render.js';
import { oneLine } from './titles.js';

const split = (text: string) => {
  const [, front, body] = /^---\n([^]*?)\n---\n([^]*)$/.exec(text) ?? [];
  return { front: parse(front ?? '') as Record<string, unknown>, body: body ?? '' };
};

/** What a reader of Markdown takes for headings of a level. */
const headings = (text: string, depth: number): string[] =>
  parseMarkdown(text).children.flatMap((node) =>
    node.type === 'heading' && node.depth === depth
      ? [node.children.map((child) => ('value' in child ? child.value : '')).join('')]
      : [],
  );

describe('one file', () => {
  it('begins with ids, versions and hashes', () => {
    const one = { ...plan(), tasks: [task(1)] };
    const { front, body } = split(markdownFile(one));
    const [prd] = one.documents;
    expect(front).toEqual({
      project: { id: one.project.id, name: 'Court finder' },
      documents: [
        {
          ...{
            kind: 'prd',
            title: 'Product Requirements Document',
            id: prd?.id,
            version_id: prd?.version.id,
            version: 3,
          },
          ...{ status: 'ready', provider: 'offline', model: 'offline-writer' },
          sections: [{ id: 'problem_statement', status: 'completed', sha256: prd?.version.sections[0]?.sha256 }],
        },
      ],
      tasks: [{ key: 'T-1', status: 'todo', requirements: ['FR-1'] }],
    });
    expect(body).toBe(`
# Court finder: Product Requirements Document

## Problem statement

Courts are hard to find.

# Court finder: Tasks

## T-1: Task 1

Type: feature · Priority: high · Status: To do · Estimate: 3 · Labels: maps · Requirements: FR-1

What task 1 is about.

- [ ] It works.
- [ ] It is tested.
`);
  });

  it('says what is missing, and shows what was written of it', () => {
    const text = markdownFile(plan({ documents: [document(10, 'prd', [section('a', 'A.'), failed('b')])] }));
    expect(text).toContain(
      '## B\n\n> This section is missing. Too slow: No answer. Retry. What was written of it follows.\n\nHalf a sen\n',
    );
  });

  it('shows cards where a model wrote a list of tasks, and nothing that is archived', () => {
    const draft = { ref: 'a', title: 'Show it', description: 'D', acceptance_criteria: ['C'], type: 'chore' };
    const list = {
      tasks: [{ ...draft, priority: 'low', estimate: 1, labels: [], dependencies: [], requirements: [] }],
    };
    const text = markdownFile(
      plan({
        documents: [
          document(10, 'task_set', [section('task_list', JSON.stringify(list))]),
          { ...document(20, 'tech_spec', [section('a', 'Archived.')]), archived: true },
          document(30, 'runbook', [section('b', 'Press it.')]),
        ],
        tasks: [task(1)],
      }),
    );
    expect(headings(text, 1)).toEqual(['Court finder: Runbook', 'Court finder: Tasks']);
    expect(text).not.toContain('Show it');
    expect(text).not.toContain('Archived');
  });

  it.each([
    ['a fence', '```js\nlet a;'],
    ['a long fence', '~~~~~\n~~~\n'],
    ['a fence in a list', '- one\n  ```\n  code'],
    ['a comment', '<!-- later'],
    ['a script', '<script>\nlet a;\n\nlet b;'],
    ['an instruction', '<?php'],
    ['a CDATA section', '<![CDATA['],
    ['a declaration', '<!DOCTYPE'],
    ['what is a fence at the beginning of a file only', '\ufeff~~~~'],
  ])('%s that nobody ended does not swallow the next section', (_what, text) => {
    const written = markdownFile(planWith(text, 'Next.'));
    expect(headings(written, 2)).toEqual(['Section 0', 'Section 1']);
    expect(written).toContain(text);
  });

  it('has every heading of every plan, and every text of it byte for byte', () => {
    assert(
      property(anyPlan, (one) => {
        const { front, body } = split(markdownFile(one));
        expect(front['project']).toEqual({ id: one.project.id, name: one.project.name });
        const sections = one.documents[0]?.version.sections ?? [];
        for (const { content } of sections) expect(body).toContain(content ?? '');
        const titles = headings(body, 2).map(oneLine);
        expect(titles.at(-1)).toBe('T-2: Task 2');
        expect(titles.filter((title) => title.startsWith('T-1: '))).toHaveLength(1);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a folder', () => {
  it('has a file for each document and each list of cards, with front matter of its own', async () => {
    const of = feature(40, 'Share a court');
    const one = plan({
      documents: [
        { ...document(30, 'feature_spec', [section('b', 'Shared.')]), feature: of.id },
        document(10, 'prd', [section('a', 'A.')]),
        document(20, 'tech_spec', [section('c', 'C.')]),
      ],
      features: [of],
      tasks: [task(1), task(2, { feature: of.id })],
    });
    const { content, name } = await renderDocument({ plan: one, format: 'md', layout: 'folder' });
    expect(name).toBe('court-finder.zip');
    const files = await readZip(content as Uint8Array);
    expect([...files.keys()]).toEqual([
      ...[
        '01-prd.md',
        '02-tech-spec.md',
        '03-feature-specification-share-a-court.md',
        'tasks.md',
        'tasks-feature-1.md',
      ],
    ]);
    expect(split(files.get('02-tech-spec.md') ?? '')).toMatchObject({
      front: { document: { kind: 'tech_spec', version: 3 } },
      body: '\n# Court finder: Technical Specification\n\n## C\n\nC.\n',
    });
    expect(split(files.get('tasks-feature-1.md') ?? '').front).toMatchObject({ tasks: [{ key: 'T-2' }] });
    const again = await renderDocument({ plan: one, format: 'md', layout: 'folder' });
    expect(Buffer.from(again.content).equals(Buffer.from(content))).toBe(true);
  });
});
