import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { finishProject } from '@planwright/e2e/finished-project';
import { startWorkspace } from '@planwright/e2e/workspace-platform';
import { chromiumPath } from '@planwright/testing';
import { median, show } from '../figures.js';
import { load } from '../process-usage.js';
import type { Report } from './lighthouse-report.js';
import { lostBy, pointsOf } from './lighthouse-report.js';

const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
const METRICS = [
  'first-contentful-paint',
  'largest-contentful-paint',
  'total-blocking-time',
  'speed-index',
  'cumulative-layout-shift',
] as const;
const CHROMIUM = '--headless --no-sandbox --disable-gpu --disable-background-networking';
/** A project of its own, which nothing else here installs. */
const FOLDER = fileURLToPath(new URL('../../lighthouse/', import.meta.url));
const PROGRAM = join(FOLDER, 'node_modules/lighthouse/cli/index.js');

/** Lighthouse's points of the list of projects and of a finished plan: its own slow phone on a slow network, simulated. */
export async function lighthouse(): Promise<object> {
  if (!existsSync(PROGRAM)) install();
  const platform = await startWorkspace();
  try {
    const { id } = await finishProject(platform.url);
    const pages = { list: '/', plan: `/projects/${id}/plan/prd` };
    const figures: Record<string, object> = {};
    for (const [name, path] of Object.entries(pages)) figures[name] = await judge(name, platform.url + path);
    return { load: load(), runs: RUNS, ...figures };
  } finally {
    await platform.stop();
  }
}

async function judge(name: string, url: string): Promise<object> {
  const reports: Report[] = [];
  for (let i = 0; i < RUNS; i += 1) reports.push(await reportOf(url));
  const points = CATEGORIES.map((category): [string, number] => [
    category,
    median(reports.map((report) => pointsOf(report, category))),
  ]);
  show(`${name}: ${points.map(([category, of]) => `${category} ${of}`).join(', ')}`);
  // Of a run in the middle: what the others lost differs by little.
  const middle = reports.find((report) => pointsOf(report, 'performance') === points[0]?.[1]) ?? reports[0];
  const lost = middle ? CATEGORIES.flatMap((category) => lostBy(middle, category)) : [];
  for (const { audit, points: of, value } of lost) show(`  ${of} points by ${audit} ${value}`);
  const metrics = METRICS.map((metric): [string, string] => [metric, middle?.audits[metric]?.displayValue ?? '']);
  return { ...Object.fromEntries(points), metrics: Object.fromEntries(metrics), lost };
}

async function reportOf(url: string): Promise<Report> {
  const args = [url, '--quiet', '--output=json', '--no-enable-error-reporting', `--chrome-flags=${CHROMIUM}`];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [PROGRAM, ...args, `--only-categories=${CATEGORIES.join()}`],
    { env: { ...process.env, CHROME_PATH: chromiumPath() }, maxBuffer: 100_000_000 },
  );
  const report = JSON.parse(stdout) as Report;
  if (report.runtimeError) throw new Error(`Lighthouse could not judge ${url}: ${report.runtimeError.message}`);
  return report;
}

/** 114 packages and 176 MB, by the lock file there; no script of them runs. */
function install(): void {
  show('installing Lighthouse (npm ci) ...');
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const [program, ...before] = npm ? [process.execPath, npm] : ['npm'];
  execFileSync(program, [...before, ...args], { cwd: FOLDER, stdio: ['ignore', 2, 2] });
}
