import { assert, asyncProperty } from 'fast-check';
import mammoth from 'mammoth';
import { anyPlan } from '../../test/any-plan.js';
import { document, failed, plan, planWith, section, task } from '../../test/plan.js';
import { readPdf, readZip } from '../../test/readers.js';
import { renderDocument } from '../render.js';
import type { DocumentFormat } from '../render.js';

const render = async (one: ReturnType<typeof plan>, format: DocumentFormat): Promise<Uint8Array> =>
  (await renderDocument({ plan: one, format, layout: undefined })).content as Uint8Array;
const html = async (content: Uint8Array): Promise<string> =>
  (await mammoth.convertToHtml({ buffer: Buffer.from(content) })).value;

const TEXT = `# Courts

Some **bold**, *italic*, ~~gone~~, \`code\`, [a link](https://example.com/a) and [a trap](javascript:alert).

## Nearby

- one
  - two
- [x] done
- [ ] open

3. three
4. four

| name | free |
| ---- | ---: |
| Süd  | **2** |
| Nord |

\`\`\`js
const a = 1;
  b(a);
\`\`\`

> Said somebody.

---

![a map](https://example.com/map.png) <b>raw</b>`;
const rich = plan({
  documents: [document(10, 'prd', [section('overview', TEXT), failed('appendix')])],
  tasks: [task(1, { description: 'Do **it**.' }), task(2, { dependencies: ['T-1'] })],
});

describe('DOCX', () => {
  it('has what the Markdown has, as Word has it', async () => {
    const read = await html(await render(rich, 'docx'));
    for (const part of [
      '<h1>Product Requirements Document</h1>',
      '<h2>Overview</h2><h3>Courts</h3>',
      '<h4>Nearby</h4>',
      '<strong>bold</strong>, <em>italic</em>, <s>gone</s>',
      '<a href="https://example.com/a">a link</a> and a trap.',
      '<ul><li>one<ul><li>two</li></ul></li><li>☑ done</li><li>☐ open</li></ul>',
      '<ol><li>three</li><li>four</li></ol>',
      '<th><p><strong>name</strong></p></th>',
      '<td><p>Süd</p></td><td><p><strong>2</strong></p></td>',
      '<td><p>Nord</p></td><td></td>',
      'const a = 1;<br />  b(a);',
      'Said somebody.',
      '<a href="https://example.com/map.png">a map</a>',
      '&lt;b&gt;raw&lt;/b&gt;',
      'This section is missing. Too slow: No answer. Retry. What was written of it follows.',
      'Half a sen',
      '<h1>Tasks</h1><h2>T-1: Task 1</h2>',
      'Do <strong>it</strong>.',
      'after T-1',
      '<li>☐ It works.</li>',
    ])
      expect(read).toContain(part);
    expect(read).not.toContain('javascript');
  });

  it('begins a list where it begins, and says so to Word', async () => {
    const files = await readZip(await render(planWith('3. a\n4. b\n\ntext\n\n1. c'), 'docx'));
    const numbering = files.get('word/numbering.xml') ?? '';
    expect(numbering).toContain('<w:start w:val="3"/>');
    expect(numbering).toContain('<w:start w:val="1"/>');
  });

  it('says which paragraphs run from right to left, has page numbers, and a name', async () => {
    const files = await readZip(await render(planWith('שלום, world\n\nHello, עולם'), 'docx'));
    expect(files.get('word/document.xml')?.match(/<w:bidi\/>/g)).toHaveLength(1);
    expect([...files].find(([path]) => path.startsWith('word/footer'))?.[1]).toContain('PAGE');
    expect(files.get('docProps/core.xml')).toContain('<dc:title>Court finder</dc:title>');
  });
});

describe('PDF', () => {
  it('is text that can be searched, with an outline, links and numbered pages', async () => {
    const read = await readPdf(await render(rich, 'pdf'));
    for (const part of [
      'Some bold, italic, gone, code, a link and a trap.',
      'const a = 1;',
      'Süd',
      'Said somebody.',
      '3. three',
    ])
      expect(read.text).toContain(part);
    expect(read).toMatchObject({
      pages: 2,
      title: 'Court finder',
      outline: [
        'Product Requirements Document',
        'Overview',
        'Courts',
        'Appendix',
        'Tasks',
        'T-1: Task 1',
        'T-2: Task 2',
      ],
      feet: ['1 / 2', '2 / 2'],
    });
    expect(new Set(read.links)).toEqual(new Set(['https://example.com/a', 'https://example.com/map.png']));
  });

  it.each([
    ['Greek', 'Ξεσκεπάζω την ψυχοφθόρα βδελυγμία'],
    ['Cyrillic', 'Съешь же ещё этих мягких французских булок'],
    ['Vietnamese', 'Tiếng Việt rất đẹp'],
    ['Chinese', '汉字书写，软件开发'],
    ['Japanese', 'ひらがなとカタカナ'],
    ['Korean', '한국어 문서'],
    ['arrows and mathematics', '→ ≤ ≠ ∑ ✓'],
    ['Chinese within code', '`名字 = 1`'],
  ])('shows %s', async (_script, text) => {
    const { text: read } = await readPdf(await render(planWith(text), 'pdf'));
    expect(read.replaceAll(' ', '')).toContain(text.replaceAll(/[ `]/g, ''));
  });

  it('shows a box for what no font has, once for what is one sign', async () => {
    const { text } = await readPdf(await render(planWith('A 👩‍👩‍👧 B हिन्दी C'), 'pdf'));
    expect(text).toMatch(/A □ B □+ C/);
  });

  it('goes on over pages with long code, long words and wide tables', async () => {
    const wide = (n: number) => `| ${'a |'.repeat(n)}\n|${' - |'.repeat(n)}\n| ${'b |'.repeat(n)}`;
    const text = [
      '```',
      ...Array.from({ length: 200 }, (_, i) => `line ${i}`),
      '```',
      'x'.repeat(3_000),
      wide(12),
      wide(40),
    ];
    const read = await readPdf(await render(planWith(text.join('\n\n')), 'pdf'));
    expect(read.pages).toBeGreaterThan(3);
    expect(read.text).toContain('line 199');
  });

  it('is the same for the same plan', async () => {
    const [one, two] = [await render(rich, 'pdf'), await render(rich, 'pdf')];
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(true);
  });
});

it.each(['docx', 'pdf'] as const)('%s has a bottom for what is nested without end', async (format) => {
  const deep = `${'> '.repeat(300)}quoted\n\n${Array.from({ length: 40 }, (_, i) => `${'  '.repeat(i)}- item ${i}`).join('\n')}`;
  const content = await render(planWith(deep), format);
  const read = format === 'pdf' ? (await readPdf(content)).text : await html(content);
  expect(read).toContain('quoted');
  expect(read).toContain('item 39');
});

it('every plan is a DOCX and a PDF that can be opened', async () => {
  await assert(
    asyncProperty(anyPlan, async (one) => {
      expect(await html(await render(one, 'docx'))).toContain('T-2: Task 2');
      const { outline, pages } = await readPdf(await render(one, 'pdf'));
      expect(outline).toContain('T-2: Task 2');
      expect(pages).toBeGreaterThan(0);
    }),
    { numRuns: 15 },
  );
}, 120_000);
