import pdfmake from 'pdfmake';
import type { Content, ContentText, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { fontRuns } from './font-runs.js';
import { loadFonts } from './fonts.js';
import type { Fonts } from './fonts.js';
import type { Block, ListItem, Paper, Run } from './paper.js';

/** Sizes in points. */
const BODY = 10;
const HEADINGS = { 1: 20, 2: 15, 3: 12.5, 4: 11, 5: 10, 6: 10 } as const;
const GREY = '#555555';
const LINE = '#bbbbbb';

/** More columns than this do not fit a page side by side: each row becomes a paragraph. */
const MOST_COLUMNS = 12;

/** A plan as PDF: text that can be searched and copied, an outline of its headings, and numbered pages (A4). */
export async function pdf(paper: Paper): Promise<Uint8Array> {
  const { fonts } = prepare();
  const at = new Date(paper.changedAt);
  const definition: TDocumentDefinitions = {
    info: { title: paper.title, creator: 'Planwright', producer: 'Planwright', creationDate: at, modDate: at },
    pageSize: 'A4',
    pageMargins: [56, 56, 56, 64],
    defaultStyle: { font: 'Sans', fontSize: BODY, lineHeight: 1.25 },
    content: [
      { text: textOf([{ text: paper.title }], fonts), fontSize: 26, bold: true, margin: [0, 0, 0, 16] },
      ...paper.blocks.map((block, i) => contentOf(block, fonts, i === 0)),
    ],
    footer: (page, pages) => ({
      text: `${page} / ${pages}`,
      alignment: 'center',
      fontSize: 8,
      color: GREY,
      margin: [0, 24, 0, 0],
    }),
  };
  return new Uint8Array(await pdfmake.createPdf(definition).getBuffer());
}

let prepared: { fonts: Fonts } | undefined;

/** Gives pdfmake the fonts from memory, and forbids it every file and address. */
function prepare(): { fonts: Fonts } {
  if (prepared) return prepared;
  const { fonts, contents } = loadFonts();
  const { virtualfs } = pdfmake as unknown as { virtualfs: { writeFileSync(path: string, content: Uint8Array): void } };
  for (const [path, content] of contents) virtualfs.writeFileSync(path, content);
  pdfmake.setLocalAccessPolicy(() => false);
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setFonts(
    Object.fromEntries(
      Object.entries(fonts).map(
        ([
          name,
          {
            files: [normal, bold, italics, bolditalics],
          },
        ]) => {
          return [name, { normal, bold, italics, bolditalics }];
        },
      ),
    ),
  );
  return (prepared = { fonts });
}

/** A heading of the first level begins a page, but for the first. */
function contentOf(block: Block, fonts: Fonts, isFirst = false): Content {
  switch (block.kind) {
    case 'heading': {
      const { level, runs } = block;
      return {
        ...{ text: textOf(runs, fonts), fontSize: HEADINGS[level], bold: true, italics: level === 6 },
        margin: [0, level === 1 ? 0 : 10, 0, 4],
        ...(level === 1 && !isFirst && { pageBreak: 'before' }),
        ...(level <= 3 && { outline: true, outlineText: runs.map(({ text }) => text).join('') || ' ' }),
      };
    }
    case 'paragraph':
      return { text: textOf(block.runs, fonts), margin: [0, 0, 0, 6] };
    case 'note':
      return { text: textOf(block.runs, fonts), fontSize: 9, color: GREY, margin: [0, 0, 0, 6] };
    case 'list':
      return { stack: block.items.map((item, i) => itemOf(item, block, i, fonts)), margin: [0, 0, 0, 4] };
    case 'code':
      return codeBox(textOf([{ text: block.text, code: true }], fonts));
    case 'quote':
      return { stack: block.blocks.map((inner) => contentOf(inner, fonts)), margin: [14, 0, 0, 6], color: GREY };
    case 'rule':
      return { canvas: [{ type: 'line', x1: 0, y1: 0, x2: 483, y2: 0, lineColor: LINE }], margin: [0, 4, 0, 8] };
    case 'table':
      return tableOf(block, fonts);
  }
}

/** The mark comes first, so that who copies or listens to the text gets it in order: a list of pdfmake writes it last. */
function itemOf(
  { checked, blocks }: ListItem,
  list: Extract<Block, { kind: 'list' }>,
  i: number,
  fonts: Fonts,
): Content {
  const mark = checked === null ? (list.ordered ? `${list.start + i}.` : '•') : checked ? '☑' : '☐';
  const stack = blocks.length > 0 ? blocks.map((inner) => contentOf(inner, fonts)) : [{ text: ' ' }];
  return {
    columns: [
      { text: mark, width: 12 + 6 * (mark.length - 1) },
      { stack, width: '*' },
    ],
  };
}

function tableOf({ rows, align }: Extract<Block, { kind: 'table' }>, fonts: Fonts): Content {
  if (align.length > MOST_COLUMNS) {
    const joined = (cells: Run[][]) => cells.flatMap((runs, i) => (i === 0 ? runs : [{ text: ' | ' }, ...runs]));
    return { stack: rows.map((cells): Content => ({ text: textOf(joined(cells), fonts), margin: [0, 0, 0, 3] })) };
  }
  const body = rows.map((cells, row) =>
    cells.map((runs, i): TableCell => ({
      ...{ text: textOf(runs, fonts), alignment: align[i] ?? 'left', fontSize: 9 },
      ...(row === 0 && { bold: true, fillColor: '#eeeeee' }),
    })),
  );
  const lines = { hLineColor: () => LINE, vLineColor: () => LINE, hLineWidth: () => 0.5, vLineWidth: () => 0.5 };
  return { table: { headerRows: 1, widths: align.map(() => '*'), body }, layout: lines, margin: [0, 2, 0, 8] };
}

/** A box as wide as the page, which goes on on the next one where it has to. */
function codeBox(text: Content[]): Content {
  const spaces = { preserveLeadingSpaces: true, preserveTrailingSpaces: true };
  const cell: TableCell = { text, fontSize: 8.5, fillColor: '#f4f4f4', ...spaces };
  return { table: { widths: ['*'], body: [[cell]] }, layout: 'noBorders', margin: [0, 2, 0, 8] };
}

function textOf(runs: readonly Run[], fonts: Fonts): ContentText[] {
  return runs.flatMap(({ text, bold, italic, strike, code, link }) =>
    fontRuns(text.replaceAll('\t', '    '), code ?? false, fonts).map((run): ContentText => ({
      ...run,
      ...(bold && { bold }),
      ...(italic && { italics: italic }),
      ...(strike && { decoration: 'lineThrough' }),
      ...(link !== undefined && { link, color: '#0b57d0', decoration: 'underline' }),
    })),
  );
}
