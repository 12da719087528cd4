import type { Tokens } from 'marked';
import { Parser, Renderer } from 'marked';
import type { Block } from './blocks.js';
import type { SafeHtml } from './sanitise.js';

const escaped = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** As Markdown is usually drawn, but below the headings of the page, without images and without controls. */
class DocumentRenderer extends Renderer {
  override heading({ tokens, depth }: Tokens.Heading): string {
    const level = Math.min(6, Math.max(4, depth + 1));
    return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
  }

  override image({ text }: Tokens.Image): string {
    return escaped(text);
  }

  override checkbox({ checked }: Tokens.Checkbox): string {
    return checked ? '☑ ' : '☐ ';
  }
}

const parser = new Parser({ gfm: true, renderer: new DocumentRenderer() });

/** Draws blocks, each once: who asks again for the same block gets the same HTML. */
export function createBlockRenderer(sanitise: (html: string) => SafeHtml): (block: Block) => SafeHtml {
  const drawn = new WeakMap<Block, SafeHtml>();
  return (block) => {
    const known = drawn.get(block);
    if (known !== undefined) return known;
    const html = sanitise(parser.parse([block.token]));
    drawn.set(block, html);
    return html;
  };
}
