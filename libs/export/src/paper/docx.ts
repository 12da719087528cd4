import {
  AlignmentType,
  BorderStyle,
  Document,
  ExternalHyperlink,
  Footer,
  HeadingLevel,
  LevelFormat,
  Packer,
  PageNumber,
  Paragraph,
  ShadingType,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
} from 'docx';
import type { IParagraphOptions, IRunOptions, ParagraphChild } from 'docx';
import type { Align, Block, Paper, Run } from './paper.js';

const LEVELS = {
  1: HeadingLevel.HEADING_1,
  2: HeadingLevel.HEADING_2,
  3: HeadingLevel.HEADING_3,
  4: HeadingLevel.HEADING_4,
  5: HeadingLevel.HEADING_5,
  6: HeadingLevel.HEADING_6,
} as const;
const ALIGN = {
  left: AlignmentType.LEFT,
  center: AlignmentType.CENTER,
  right: AlignmentType.RIGHT,
} as const satisfies Record<Align, unknown>;
const MONO = 'Consolas';
const GREY = '555555';
/** Twentieths of a point by which each level of a list or quote is indented. */
const STEP = 360;
/** Levels a list of Word has. */
const LIST_LEVELS = 9;
/** The first strong letter decides in which direction a paragraph runs. */
const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** Lists that count anew or from another number each have a numbering of their own; collected while blocks are made. */
interface Lists {
  starts: Set<number>;
  count: number;
}

interface Place {
  lists: Lists;
  /** How deep within quotes and lists. */
  depth: number;
}

/** A plan as DOCX: headings, lists, tables and links as Word has them, page numbers at the foot. */
export async function docx(paper: Paper): Promise<Uint8Array> {
  const lists: Lists = { starts: new Set(), count: 0 };
  const title = new Paragraph({ heading: HeadingLevel.TITLE, ...paragraph([{ text: paper.title }]) });
  const children = [title, ...paper.blocks.flatMap((block, i) => blockOf(block, { lists, depth: 0 }, i === 0))];
  const footer = new Paragraph({
    alignment: AlignmentType.CENTER,
    children: [new TextRun({ children: [PageNumber.CURRENT, ' / ', PageNumber.TOTAL_PAGES], size: 16, color: GREY })],
  });
  const document = new Document({
    title: paper.title,
    creator: 'Planwright',
    lastModifiedBy: 'Planwright',
    numbering: { config: [...lists.starts].map((start) => ({ reference: `from-${start}`, levels: numbers(start) })) },
    styles: { default: { document: { run: { font: 'Calibri', size: 21 } } } },
    sections: [{ children, footers: { default: new Footer({ children: [footer] }) } }],
  });
  return new Uint8Array(await Packer.toArrayBuffer(document));
}

/** The first number belongs to the list's own level; lists within it begin at 1. */
function numbers(start: number) {
  return Array.from({ length: LIST_LEVELS }, (_, level) => ({
    ...{ level, start, format: LevelFormat.DECIMAL, text: `%${level + 1}.`, alignment: AlignmentType.START },
    style: { paragraph: { indent: { left: STEP * (level + 1), hanging: STEP } } },
  }));
}

/** A heading of the first level begins a page, but for the first. */
function blockOf(block: Block, place: Place, isFirst = false): (Paragraph | Table)[] {
  const indent = place.depth > 0 ? { indent: { left: STEP * place.depth } } : {};
  switch (block.kind) {
    case 'heading':
      return [new Paragraph({ ...headingOf(block.level, isFirst), ...paragraph(block.runs) })];
    case 'paragraph':
      return [new Paragraph({ spacing: { after: 120 }, ...indent, ...paragraph(block.runs) })];
    case 'note':
      return [
        new Paragraph({ spacing: { after: 120 }, ...indent, ...paragraph(block.runs, { color: GREY, size: 18 }) }),
      ];
    case 'code': {
      const shading = { type: ShadingType.CLEAR, fill: 'F4F4F4' };
      const runs = [{ text: block.text, code: true } as const];
      return [
        new Paragraph({ shading, spacing: { before: 60, after: 120 }, ...indent, ...paragraph(runs, { size: 18 }) }),
      ];
    }
    case 'rule':
      return [new Paragraph({ border: { bottom: { style: BorderStyle.SINGLE, size: 6, color: 'BBBBBB', space: 1 } } })];
    case 'quote':
      return block.blocks.flatMap((inner) => blockOf(inner, { ...place, depth: place.depth + 1 }));
    case 'list':
      return listOf(block, place);
    case 'table':
      return [tableOf(block), new Paragraph({})];
  }
}

function headingOf(level: keyof typeof LEVELS, isFirst: boolean): IParagraphOptions {
  return { heading: LEVELS[level], keepNext: true, ...(level === 1 && !isFirst && { pageBreakBefore: true }) };
}

function listOf({ ordered, start, items }: Extract<Block, { kind: 'list' }>, place: Place): (Paragraph | Table)[] {
  const level = Math.min(place.depth, LIST_LEVELS - 1);
  const instance = place.lists.count++;
  if (ordered) place.lists.starts.add(start);
  const mark: IParagraphOptions = ordered
    ? { numbering: { reference: `from-${start}`, level, instance } }
    : { bullet: { level } };
  return items.flatMap(({ checked, blocks }) => {
    const box: Run[] = checked === null ? [] : [{ text: checked ? '☑ ' : '☐ ' }];
    const [first, ...rest] = blocks;
    const own = first?.kind === 'paragraph' ? first.runs : [];
    const others = first?.kind === 'paragraph' ? rest : blocks;
    return [
      new Paragraph({ ...mark, ...paragraph([...box, ...own]) }),
      ...others.flatMap((inner) => blockOf(inner, { ...place, depth: place.depth + 1 })),
    ];
  });
}

function tableOf({ rows, align }: Extract<Block, { kind: 'table' }>): Table {
  return new Table({
    width: { size: 100, type: WidthType.PERCENTAGE },
    rows: rows.map(
      (cells, row) =>
        new TableRow({
          ...(row === 0 && { tableHeader: true }),
          children: cells.map((runs, i) => {
            const children = [
              new Paragraph({
                alignment: ALIGN[align[i] ?? 'left'],
                ...paragraph(runs, row === 0 ? { bold: true } : {}),
              }),
            ];
            return new TableCell({
              children,
              ...(row === 0 && { shading: { type: ShadingType.CLEAR, fill: 'EEEEEE' } }),
            });
          }),
        }),
    ),
  });
}

/** What every paragraph has: its runs, and its direction. */
function paragraph(runs: readonly Run[], style: IRunOptions = {}): IParagraphOptions {
  const isRightToLeft = RIGHT_TO_LEFT.test(runs.map(({ text }) => text).join(''));
  const children = runs.flatMap((run) => childrenOf(run, isRightToLeft ? { ...style, rightToLeft: true } : style));
  return { children, ...(isRightToLeft && { bidirectional: true }) };
}

function childrenOf({ text, bold, italic, strike, code, link }: Run, style: IRunOptions): ParagraphChild[] {
  const options: IRunOptions = {
    ...style,
    ...(bold && { bold }),
    ...(italic && { italics: italic }),
    ...(strike && { strike }),
    ...(code && { font: MONO }),
    ...(link !== undefined && { style: 'Hyperlink' }),
  };
  const lines = text.split('\n').map((line, i) => new TextRun({ ...options, text: line, ...(i > 0 && { break: 1 }) }));
  return link === undefined ? lines : [new ExternalHyperlink({ children: lines, link })];
}
