import { runChaos } from './chaos.js';
import { readOptions, USAGE } from './options.js';
import { printReport } from './report.js';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => stop.abort(new Error(`ended by ${signal}`)));
}

try {
  const report = await runChaos(readOptions(args), { say: (line) => console.error(line), signal: stop.signal });
  console.log(printReport(report));
  process.exit(report.findings.length === 0 ? 0 : 1);
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(stop.signal.aborted ? 130 : 2);
}
