import { runChaos } from '../src/chaos/chaos.js';
import { SHORT } from '../src/chaos/options.js';
import { printReport } from '../src/chaos/report.js';
import { leaveNothingRunning, test } from '../src/test.js';

test(
  'a dozen runs under kills, freezes, purges, flushes, restarts and cuts: none lost, stuck or done twice',
  async () => {
    const lines: string[] = [];
    const report = await runChaos(SHORT, { say: (line) => lines.push(line) });
    if (report.findings.length > 0) throw new Error(`${lines.join('\n')}\n${printReport(report)}`);
    const { figures } = report;
    expect(figures['orders accepted']).toBe(SHORT.runs);
    // A storm in which nothing was hurt would prove nothing.
    expect(Object.keys(figures['faults injected'] ?? {}).length).toBeGreaterThanOrEqual(6);
    expect(figures['steps issued more than once']).toBeGreaterThan(0);
  },
  SHORT.limitMs + 30_000,
);

leaveNothingRunning();
