import { once } from 'node:events';
import { text as textOfStream } from 'node:stream/consumers';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { fromBuffer } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';

export interface ReadPdf {
  pages: number;
  /** Of all pages, spaces and line breaks as one space. */
  text: string;
  title: string;
  /** Headings of the outline, those within others included. */
  outline: string[];
  links: string[];
  /** What the last line of each page says. */
  feet: string[];
}

interface OutlineItem {
  title: string;
  items: OutlineItem[];
}

/** Reads a PDF as a browser does. */
export async function readPdf(content: Uint8Array): Promise<ReadPdf> {
  const task = getDocument({ data: content.slice(), verbosity: 0 });
  const document = await task.promise;
  const [texts, links, feet]: [string[], string[], string[]] = [[], [], []];
  for (let n = 1; n <= document.numPages; n++) {
    const page = await document.getPage(n);
    const { items } = await page.getTextContent();
    const strings = items.flatMap((item) => ('str' in item ? [item.hasEOL ? `${item.str}\n` : item.str] : []));
    texts.push(strings.join(''));
    feet.push(
      strings
        .filter((one) => one.trim() !== '')
        .at(-1)
        ?.trim() ?? '',
    );
    const annotations = (await page.getAnnotations()) as { url?: string }[];
    links.push(...annotations.flatMap(({ url }) => url ?? []));
  }
  const flat = (list: OutlineItem[]): string[] => list.flatMap(({ title, items }) => [title, ...flat(items)]);
  const outline = flat((await document.getOutline()) ?? []);
  const { info } = (await document.getMetadata()) as { info: { Title?: string } };
  await task.destroy();
  const text = texts.join(' ').replaceAll(/\s+/g, ' ');
  return { pages: texts.length, text, title: info.Title ?? '', outline, links, feet };
}

/** Files of a zip by path, in their order. */
export async function readZip(content: Uint8Array): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const archive = await new Promise<ZipFile>((resolve, reject) =>
    fromBuffer(Buffer.from(content), { lazyEntries: true, strictFileNames: true }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    ),
  );
  archive.on('entry', (entry: Entry) =>
    archive.openReadStream(entry, (error, stream) => {
      if (error) return void archive.emit('error', error);
      void textOfStream(stream).then((text) => {
        files.set(entry.fileName, text);
        archive.readEntry();
      });
    }),
  );
  const ended = once(archive, 'end');
  archive.readEntry();
  await ended;
  return files;
}
