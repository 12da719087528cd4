import { oneLine } from './titles.js';

const LONGEST = 60;

/** A file's name made of a text: words joined by `-`, letters of any script, nothing a file system or header trips over. */
export function slug(text: string): string {
  const words = oneLine(text)
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  const cut = [...words].slice(0, LONGEST).join('').replace(/-+$/, '');
  return cut === '' ? 'plan' : cut;
}

/** `Content-Disposition` of a download (RFC 6266): an ASCII name for old clients, and the whole one in `filename*`. */
export function contentDisposition(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^-+(?=\w)/g, '')
    .replace(/^-?\./, 'plan.');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
