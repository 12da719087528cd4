import { launchBrowser, onPage } from '@planwright/e2e/browser';
import { startDistributed } from '@planwright/e2e/distributed';
import { IDEA, untilEnded } from '@planwright/e2e/driver';
import { createClient } from '@planwright/client';
import { countWords } from '@planwright/lint';
import { median, quantile, rounded, show } from '../figures.js';
import { load } from '../process-usage.js';
import { KIND, longDocument, SECTIONS } from './long-document.js';
import { mainThreadTasks, TASK_CATEGORIES } from './main-thread.js';
import { markdownText } from './markdown-text.js';

/** Words of all sections together. */
const SIZES = (process.env['BENCH_WORDS'] ?? '5000,10000,20000').split(',').map(Number);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
/** As on a machine that is so many times slower. */
const SLOWDOWN = Number(process.env['BENCH_SLOWDOWN'] ?? 1);
/** A fast model's pace, about 190 tokens a second in each section; eight are written side by side at the most. */
const CHUNK = { characters: 15, everyMs: 20 };
/** Longer ones keep the page from answering at once. */
const LONG_TASK_MS = 50;
const LASTS_MS = 300_000;

/** What one run cost the page. */
interface Watched {
  seconds: number;
  /** Of the main thread, in ms each. */
  tasks: number[];
  /** Of the main thread, in ms together. */
  scriptMs: number;
  layoutMs: number;
  /** Frames of the socket that brought text. */
  deliveries: number;
}

/**
 * A real browser watches a document being written, at the size of a book's chapter, with the newest text kept in view: how long
 * the page's main thread is busy at a time, and whether a word costs the same in a long document as in a short one.
 */
export async function pageStream(): Promise<object> {
  const browser = await launchBrowser();
  try {
    const sizes = SIZES.map((words) => ({ texts: textsOf(words), runs: [] as Watched[] }));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { texts, runs } of sizes) runs.push(await watch(browser, texts));
    }
    const figures = sizes.map(({ texts, runs }) => figuresOf(texts, runs));
    const [least, most] = [figures.at(0), figures.at(-1)];
    const growth = rounded((most?.script_us_per_word ?? 0) / (least?.script_us_per_word ?? 0), 2);
    show(`a word costs ${growth} times as much script at ${most?.words} words as at ${least?.words}`);
    return { load: load(), rounds: ROUNDS, slowdown: SLOWDOWN, growth, sizes: figures };
  } finally {
    await browser.close();
  }
}

/** By id of the section. */
function textsOf(words: number): ReadonlyMap<string, string> {
  return new Map(SECTIONS.map((id) => [id, markdownText(id, Math.ceil(words / SECTIONS.length))]));
}

async function watch(
  browser: Awaited<ReturnType<typeof launchBrowser>>,
  texts: ReadonlyMap<string, string>,
): Promise<Watched> {
  const document = await longDocument(countWords([...texts.values()][0] ?? ''));
  const platform = await startDistributed({
    env: { PLANWRIGHT_BLUEPRINTS_DIR: document.dir },
    answer: ({ sectionId }) => ({
      chunks: cut(texts.get(sectionId) ?? ''),
      firstDelayMs: 200,
      delayMs: CHUNK.everyMs,
      end: 'stop',
    }),
  });
  try {
    const client = createClient({ url: platform.url });
    const { id } = await client.projects.create(IDEA);
    return await onPage(browser, { baseURL: platform.url, viewport: { width: 1280, height: 800 } }, async (page) => {
      let deliveries = 0;
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => {
          if (payload.includes('"type":"chunk"')) deliveries += 1;
        }),
      );
      await page.goto(`/projects/${id}/plan/${KIND}`);
      await page.locator('#start-title').waitFor();
      const devTools = await page.context().newCDPSession(page);
      await devTools.send('Performance.enable');
      await devTools.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
      const used = async () => {
        const { metrics } = await devTools.send('Performance.getMetrics');
        const secondsOf = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
        return {
          script: secondsOf('ScriptDuration'),
          layout: secondsOf('LayoutDuration') + secondsOf('RecalcStyleDuration'),
        };
      };
      await browser.startTracing(page, { categories: TASK_CATEGORIES });
      const [before, begin] = [await used(), performance.now()];
      const run = await client.runs.start(id, { documents: [KIND] });
      await page.getByRole('button', { name: 'Follow' }).click();
      const { status } = await untilEnded(client, run.id, LASTS_MS);
      await page.locator('[aria-label="Progress"]').waitFor({ state: 'detached' });
      const seconds = (performance.now() - begin) / 1_000;
      const after = await used();
      const tasks = mainThreadTasks((await browser.stopTracing()).toString('utf8'));
      const shown = await page.locator('section[data-look="done"]').count();
      if (status !== 'succeeded' || shown !== texts.size) {
        throw new Error(`the run has ${status}, and the page shows ${shown} of ${texts.size} sections`);
      }
      const [scriptMs, layoutMs] = [(after.script - before.script) * 1_000, (after.layout - before.layout) * 1_000];
      return { seconds, tasks, scriptMs, layoutMs, deliveries };
    });
  } finally {
    await platform.stop();
    await document.remove();
  }
}

const cut = (text: string): string[] => text.match(new RegExp(`[^]{1,${CHUNK.characters}}`, 'g')) ?? [];

function figuresOf(texts: ReadonlyMap<string, string>, runs: readonly Watched[]) {
  const text = [...texts.values()].join('\n');
  const words = countWords(text);
  const tasks = runs.flatMap((run) => run.tasks);
  const long = tasks.filter((ms) => ms > LONG_TASK_MS);
  const scriptMs = median(runs.map((run) => run.scriptMs));
  const figures = {
    words,
    characters: text.length,
    seconds: rounded(median(runs.map(({ seconds }) => seconds))),
    deliveries: median(runs.map(({ deliveries }) => deliveries)),
    tasks: tasks.length,
    p50_ms: rounded(median(tasks), 2),
    p95_ms: rounded(quantile(tasks, 0.95), 2),
    worst_ms: rounded(quantile(tasks, 1)),
    long_tasks: long.length,
    long_percent: rounded((100 * long.length) / tasks.length, 3),
    busy_percent: rounded(
      (100 * tasks.reduce((sum, ms) => sum + ms, 0)) / sum(runs.map(({ seconds }) => seconds * 1_000)),
    ),
    script_us_per_word: rounded((scriptMs * 1_000) / words),
    script_us_per_character: rounded((scriptMs * 1_000) / text.length, 2),
    layout_us_per_word: rounded((median(runs.map(({ layoutMs }) => layoutMs)) * 1_000) / words),
  };
  show(
    `${words} words in ${figures.seconds} s: tasks p50 ${figures.p50_ms} ms, p95 ${figures.p95_ms} ms, worst ${figures.worst_ms} ms`,
  );
  show(
    `  ${long.length} of ${tasks.length} above ${LONG_TASK_MS} ms; the thread is busy ${figures.busy_percent} % of the time`,
  );
  show(`  script ${figures.script_us_per_word} µs a word, ${figures.script_us_per_character} µs a character`);
  return figures;
}

const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
