import type { Definition, List, Nodes, PhrasingContent, Root, RootContent, Table } from 'mdast';
import { parseMarkdown } from './parse-markdown.js';
import { printable } from './paper.js';
import type { Align, Block, ListItem, Run } from './paper.js';

/** Quotes and lists within each other deeper than this are shown at this depth. */
const DEEPEST = 6;

type Style = Omit<Run, 'text'>;

interface Context {
  definitions: ReadonlyMap<string, string>;
  /** How much deeper the text's headings stand under the section's. */
  shift: number;
  depth: number;
}

/** A section's Markdown as blocks; its highest heading becomes one of level `top`. */
export function markdownBlocks(text: string, top: 2 | 3 | 4): Block[] {
  const root = parseMarkdown(printable(text));
  const levels = root.children.flatMap((node) => (node.type === 'heading' ? [node.depth] : []));
  const shift = levels.length === 0 ? 0 : top - Math.min(...levels);
  return blocksOf(root.children, { definitions: definitionsIn(root), shift, depth: 0 });
}

function blocksOf(nodes: readonly RootContent[], context: Context): Block[] {
  return nodes.flatMap((node) => blockOf(node, context));
}

function blockOf(node: RootContent, context: Context): Block[] {
  const runs = (children: readonly PhrasingContent[]) => runsOf(children, {}, context.definitions);
  switch (node.type) {
    case 'heading': {
      const level = Math.min(6, Math.max(1, node.depth + context.shift)) as 1 | 2 | 3 | 4 | 5 | 6;
      return [{ kind: 'heading', level, runs: runs(node.children) }];
    }
    case 'paragraph':
      return [{ kind: 'paragraph', runs: runs(node.children) }];
    case 'code':
      return [{ kind: 'code', text: node.value }];
    // HTML is text here: nothing of it is run, loaded or shown as if it were ours.
    case 'html':
      return [{ kind: 'code', text: node.value }];
    case 'thematicBreak':
      return [{ kind: 'rule' }];
    case 'blockquote': {
      const blocks = blocksOf(node.children, { ...context, depth: context.depth + 1 });
      return context.depth >= DEEPEST ? blocks : [{ kind: 'quote', blocks }];
    }
    case 'list':
      return listOf(node, context);
    case 'table':
      return [tableOf(node, context)];
    case 'footnoteDefinition': {
      const [first, ...rest] = blocksOf(node.children, context);
      const mark: Run = { text: `[${node.label ?? node.identifier}] ` };
      if (first?.kind === 'paragraph') return [{ ...first, runs: [mark, ...first.runs] }, ...rest];
      return [{ kind: 'paragraph', runs: [mark] }, ...(first ? [first] : []), ...rest];
    }
    default:
      return [];
  }
}

function listOf({ ordered, start, children }: List, context: Context): Block[] {
  const inner = { ...context, depth: context.depth + 1 };
  const items = children.map(({ checked, children: blocks }): ListItem => {
    return { checked: checked ?? null, blocks: blocksOf(blocks, inner) };
  });
  if (context.depth >= DEEPEST) return items.flatMap(({ blocks }) => blocks);
  // Word and pdfmake count within 31 bits.
  return [{ kind: 'list', ordered: ordered ?? false, start: Math.min(start ?? 1, 1_000_000_000), items }];
}

/** Rows may be shorter or longer than their header; on paper they are as long. */
function tableOf({ align, children }: Table, { definitions }: Context): Block {
  const width = Math.max(1, children[0]?.children.length ?? 0);
  const rows = children.map(({ children: cells }) =>
    Array.from({ length: width }, (_, i) => runsOf(cells[i]?.children ?? [], {}, definitions)),
  );
  return { kind: 'table', align: Array.from({ length: width }, (_, i): Align => align?.[i] ?? 'left'), rows };
}

function runsOf(nodes: readonly PhrasingContent[], style: Style, definitions: ReadonlyMap<string, string>): Run[] {
  return nodes.flatMap((node): Run[] => {
    const inner = (more: Style, children: readonly PhrasingContent[]) =>
      runsOf(children, { ...style, ...more }, definitions);
    switch (node.type) {
      case 'text':
        return [{ ...style, text: node.value }];
      case 'strong':
        return inner({ bold: true }, node.children);
      case 'emphasis':
        return inner({ italic: true }, node.children);
      case 'delete':
        return inner({ strike: true }, node.children);
      case 'inlineCode':
        return [{ ...style, code: true, text: node.value }];
      case 'break':
        return [{ ...style, text: '\n' }];
      case 'html':
        return [{ ...style, text: node.value }];
      case 'link':
        return inner(linkTo(node.url), node.children);
      case 'linkReference':
        return inner(linkTo(definitions.get(node.identifier)), node.children);
      // A picture elsewhere is never fetched: who opens the file would tell its server.
      case 'image':
        return [{ ...style, ...linkTo(node.url), text: node.alt || node.url }];
      case 'imageReference':
        return [{ ...style, ...linkTo(definitions.get(node.identifier)), text: node.alt || node.identifier }];
      case 'footnoteReference':
        return [{ ...style, text: `[${node.label ?? node.identifier}]` }];
      default:
        return [];
    }
  });
}

/** Only what a reader would follow: a script or a file of theirs is no link. */
function linkTo(url: string | undefined): Style {
  if (url === undefined || !/^(https?|mailto):/i.test(url) || !URL.canParse(url)) return {};
  return { link: new URL(url).href };
}

function definitionsIn(node: Nodes): Map<string, string> {
  const found = new Map<string, string>();
  const pending: Nodes[] = [node];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isDefinition(next) && !found.has(next.identifier)) found.set(next.identifier, next.url);
    if ('children' in next) pending.push(...next.children.toReversed());
  }
  return found;
}

const isDefinition = (node: Nodes | Root): node is Definition => node.type === 'definition';
