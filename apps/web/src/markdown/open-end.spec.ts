import { describe, expect, it } from '@jest/globals';
import { JSDOM } from 'jsdom';
import { blocksOf } from './blocks.js';
import { closeOpenEnd } from './open-end.js';
import { createBlockRenderer } from './render-block.js';
import { createSanitiser } from './sanitise.js';

describe('the open end of a text', () => {
  it.each([
    ['Some **bold wo', 'Some **bold wo**'],
    ['Some **', 'Some'],
    ['Some **bold*', 'Some **bold**'],
    ['Some **bold** and *it', 'Some **bold** and *it*'],
    ['**bold with *both', '**bold with *both***'],
    ['Some ~~gone', 'Some ~~gone~~'],
    ['snake_case and _it', 'snake_case and _it_'],
    ['2 * 3 and', '2 * 3 and'],
    ['Use `npm ru', 'Use `npm ru`'],
    ['Use `', 'Use'],
    ['Use `a **b` and **c', 'Use `a **b` and **c**'],
    ['See [the docs', 'See the docs'],
    ['See [the docs](https://exam', 'See the docs'],
    ['See [the docs](https://example.org)', 'See [the docs](https://example.org)'],
    ['An ![image of a c', 'An image of a c'],
    ['Break<br', 'Break'],
    ['1 < 2 and', '1 < 2 and'],
    ['Text\n\n##', 'Text\n\n'],
    ['Text\n-', 'Text\n'],
    ['- one\n- ', '- one\n'],
    ['- **one\n- two', '- **one\n- two'],
    ['- **on', '- **on**'],
    ['Text\n\n12.', 'Text\n\n'],
    ['Text\n\n``', 'Text\n\n'],
    ['```ts\nconst a = **', '```ts\nconst a = **'],
    ['```ts\na\n``', '```ts\na\n'],
    ['Text\n\n| a | b', 'Text\n\n'],
    ['| a | b |\n| --', ''],
    ['| a | b |\n| --- | --- |\n| 1 | **2', '| a | b |\n| --- | --- |\n| 1 | **2**'],
    ['- [', '- '],
    ['Wow!', 'Wow'],
  ])('%j is drawn as %j', (text, drawn) => {
    expect(closeOpenEnd(text).trimEnd()).toBe(drawn.trimEnd());
  });

  it('never shows a mark that vanishes later, wherever the text stops', () => {
    const text = [
      '## Goals\n\nBring **three of four** people to a *weekly* plan, see [the study](https://example.org/a_b?c=1).\n\n',
      '- **FR-1**: the list is `shared` with _everybody_\n- ~~nothing~~ else\n  - **deep** one\n\n',
      '1. First **bold** item\n2. Second\n\n| Name | Value |\n| --- | ---: |\n| **a** | `b` |\n\n',
      '```ts\nconst plan = 1;\n```\n\n![A chart](https://example.org/x.png) at the **end**.\n',
    ].join('');
    const { window } = new JSDOM('');
    const render = createBlockRenderer(createSanitiser(window));
    for (let end = 1; end <= text.length; end += 1) {
      const html = blocksOf(closeOpenEnd(text.slice(0, end))).map((block) => String(render(block)));
      window.document.body.innerHTML = html.join('');
      const shown = window.document.body.textContent ?? '';
      expect({ end, marks: /\*|~~|`|\[|\]|\(http|\||#|_/.exec(shown)?.[0] }).toEqual({ end, marks: undefined });
    }
  });
});
