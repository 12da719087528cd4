import { describe, expect, it } from '@jest/globals';
import { JSDOM } from 'jsdom';
import { blocksOf, grown, NO_BLOCKS } from './blocks.js';
import { HOSTILE_TEXTS } from './hostile-texts.js';
import { closeOpenEnd } from './open-end.js';
import { createBlockRenderer } from './render-block.js';
import { createSanitiser } from './sanitise.js';

const { window } = new JSDOM('');
const render = createBlockRenderer(createSanitiser(window));
const draw = (text: string, blocks = blocksOf(text)): Element => {
  const place = window.document.createElement('div');
  place.innerHTML = blocks.map((block) => String(render(block))).join('');
  return place;
};

const TAGS = new Set(
  'P BR HR BLOCKQUOTE PRE CODE KBD STRONG B EM I DEL S SUB SUP UL OL LI H4 H5 H6 A TABLE THEAD TBODY TR TH TD DIV'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(['href', 'class', 'start', 'align', 'title', 'target', 'rel']);

/** All that a drawn text has which it must not have. */
function faultsOf(place: Element): string[] {
  return [...place.querySelectorAll('*')].flatMap((element) => [
    ...(TAGS.has(element.nodeName) ? [] : [`<${element.nodeName}>`]),
    ...[...element.attributes].filter(({ name }) => !ATTRIBUTES.has(name)).map(({ name }) => name),
    ...(element.className === '' || /^language-[\w+#.-]+$/.test(element.className) ? [] : [element.className]),
    ...(element.hasAttribute('href') ? faultsOfLink(element) : []),
  ]);
}
function faultsOfLink(link: Element): string[] {
  const href = link.getAttribute('href')!;
  const isTame =
    /^(?:https?:\/\/|mailto:)/i.test(href) &&
    !href.includes('@evil.example') &&
    link.getAttribute('rel') === 'noopener noreferrer nofollow' &&
    link.getAttribute('target') === '_blank' &&
    link.getAttribute('title') !== null;
  return isTame ? [] : [link.outerHTML];
}

describe('the text of a model', () => {
  it('has enough ways to be hostile', () => {
    expect(new Set(HOSTILE_TEXTS).size).toBe(HOSTILE_TEXTS.length);
    expect(HOSTILE_TEXTS.length).toBeGreaterThanOrEqual(60);
  });

  it.each(HOSTILE_TEXTS.map((text) => [text]))('is harmless: %s', (text) => {
    expect(faultsOf(draw(text))).toEqual([]);
    expect(faultsOf(draw(`A paragraph, then ${text} in a line.`))).toEqual([]);
    expect(faultsOf(draw(`- item\n\n  ${text}\n\n> ${text}`))).toEqual([]);
  });

  it('is harmless wherever it stops while it is written', () => {
    for (const text of HOSTILE_TEXTS) {
      for (let end = 1; end < text.length; end += 1) {
        const { finished, openAt } = grown(NO_BLOCKS, text.slice(0, end));
        const open = blocksOf(closeOpenEnd(text.slice(openAt, end)));
        expect({ text, end, faults: faultsOf(draw('', [...finished, ...open])) }).toEqual({ text, end, faults: [] });
      }
    }
  });

  it('keeps what readers need', () => {
    const place = draw(
      [
        '# Title\n\n**bold** _it_ ~~gone~~ `code` [a link](https://example.org/a?b=c "hi") <mailto:a@example.org>\n',
        '3. three\n4. four\n\n- [x] done\n- [ ] open\n\n| a | b |\n| --- | --: |\n| 1<br>2 | 3 |\n',
        '```ts\nconst a = "<b>";\n```\n\n![a chart](https://example.org/x.png) H<sub>2</sub>O',
      ].join('\n'),
    );
    expect(faultsOf(place)).toEqual([]);
    expect(place.querySelector('h4')?.textContent).toBe('Title');
    expect(place.querySelector('ol')?.getAttribute('start')).toBe('3');
    expect(place.querySelector('code.language-ts')?.textContent).toBe('const a = "<b>";\n');
    expect(place.querySelector('a')?.outerHTML).toBe(
      '<a href="https://example.org/a?b=c" title="example.org" target="_blank" rel="noopener noreferrer nofollow">a link</a>',
    );
    expect([...place.querySelectorAll('a')].at(1)?.title).toBe('a@example.org');
    expect(place.textContent).toContain('☑ done');
    expect(place.textContent).toContain('a chart');
    expect(place.querySelectorAll('td br, sub')).toHaveLength(2);
  });
});
