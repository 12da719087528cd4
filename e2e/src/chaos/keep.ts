import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Books } from './audit/finding.js';
import type { Follow } from './follow.js';
import type { ChaosReport } from './report.js';
import { printReport } from './report.js';
import type { World } from './world.js';

/** Writes everything a person needs who looks for the cause of a finding. */
export async function keepBooks(
  folder: string,
  { books, follows, world, report }: { books: Books; follows: readonly Follow[]; world: World; report: ChaosReport },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { orders, calls, faults, evidence, stuck } = books;
  const files: Record<string, unknown> = {
    orders: orders.map((order) => ({ ...order, runIds: [...order.runIds] })),
    ...{ calls, faults, stuck, ...evidence },
    follows: follows.map(({ runId, connections, transcript: { heard, faults: broken, resets } }) => {
      return { runId, connections, resets, faults: broken, heard };
    }),
    exits: world.processes.flatMap(({ exits }) => exits),
  };
  for (const [name, value] of Object.entries(files)) {
    const text = Array.isArray(value) ? value.map((row) => JSON.stringify(row)).join('\n') : JSON.stringify(value);
    await writeFile(join(folder, `${name}.jsonl`), `${text}\n`);
  }
  for (const { name, incarnations } of world.processes) {
    const lines = incarnations.flatMap((app) =>
      app.lines.map(({ at, text }) => `${new Date(at).toISOString()} ${app.pid} ${text}`),
    );
    await writeFile(join(folder, `${name}.log`), `${lines.join('\n')}\n`);
  }
  await writeFile(join(folder, 'report.txt'), printReport(report));
}
