/** One measured case: what was used of what was available, span by span, and when a call was refused. */
export interface Series {
  name: string;
  /** Shares of what was available, one for each span. */
  used: readonly number[];
  spanMs: number;
  /** Milliseconds from the start. */
  refusedAtMs: readonly number[];
  caption: string;
}

const [WIDTH, HEIGHT, LEFT, TOP, GAP] = [720, 70, 250, 34, 26];

/** Small charts, one above the other, as SVG; readable on light and dark pages. */
export function plot(title: string, all: readonly Series[]): string {
  const charts = all.map((series, i) => chart(series, TOP + i * (HEIGHT + GAP)));
  const height = TOP + all.length * (HEIGHT + GAP) + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 20} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<style>text{fill:#666}.line{fill:none;stroke:#2563eb;stroke-width:1.5}.frame{stroke:#9994;fill:none}.full{stroke:#16a34a;stroke-dasharray:4 3}.refused{fill:#dc2626}</style>`,
    `<text x="10" y="18" font-size="14">${escape(title)}</text>`,
    ...charts,
    '</svg>',
    '',
  ].join('\n');
}

function chart({ name, used, spanMs, refusedAtMs, caption }: Series, top: number): string {
  const most = 1.25;
  const x = (ms: number) => LEFT + (ms / (used.length * spanMs)) * WIDTH;
  const y = (share: number) => top + HEIGHT - (Math.min(share, most) / most) * HEIGHT;
  const points = used.map((share, i) => `${x((i + 0.5) * spanMs).toFixed(1)},${y(share).toFixed(1)}`);
  const minutes = Math.round((used.length * spanMs) / 60_000);
  return [
    `<text x="10" y="${top + 20}" font-weight="600">${escape(name)}</text>`,
    `<text x="10" y="${top + 38}">${escape(caption)}</text>`,
    `<rect class="frame" x="${LEFT}" y="${top}" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<line class="full" x1="${LEFT}" x2="${LEFT + WIDTH}" y1="${y(1)}" y2="${y(1)}"/>`,
    `<text x="${LEFT - 34}" y="${y(1) + 4}">100 %</text>`,
    `<polyline class="line" points="${points.join(' ')}"/>`,
    ...refusedAtMs.map((ms) => `<circle class="refused" cx="${x(ms).toFixed(1)}" cy="${top + HEIGHT - 4}" r="2.5"/>`),
    `<text x="${LEFT + WIDTH}" y="${top + HEIGHT + 14}" text-anchor="end">${minutes} minutes</text>`,
  ].join('\n');
}

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
