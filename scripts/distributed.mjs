// Migrates, then runs the four services as four processes on one machine, on PostgreSQL, RabbitMQ and Redis that
// answer at the configured addresses. Every line of output carries the name of its service. When one ends, the others
// are stopped; the exit code is that of the first that failed.
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ended, endLike, passSignals, startNode } from './children.mjs';
import { serviceEnvironment } from './service-environment.mjs';

const root = join(import.meta.dirname, '..');
const names = ['gateway', 'orchestrator', 'generator', 'notifier'];
const width = Math.max(...names.map((name) => name.length));

let children = [];
const running = () => children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
let asked = false;
passSignals(() => {
  asked = true;
  return running();
});

const migration = start('migrate', 'apps/orchestrator/dist/migrate.js');
children = [migration];
const migrated = await ended(migration);
if (asked || migrated.code !== 0) await endLike(migrated);

children = names.map((name) => start(name, `apps/${name}/dist/main.js`));
const ends = [];
await Promise.all(
  children.map(async (child, index) => {
    const end = await ended(child);
    const others = running();
    if (ends.push(end) > 1 || asked || others.length === 0) return;
    const how = end.signal ?? `code ${end.code}`;
    process.stderr.write(`planwright: ${names[index]} ended (${how}); stopping the others ...\n`);
    for (const other of others) other.kill('SIGTERM');
  }),
);
await endLike(ends.find(({ code }) => code !== 0) ?? ends[0]);

function start(name, file) {
  const child = startNode(process.execPath, join(root, file), [], {
    cwd: root,
    env: serviceEnvironment(name, process.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    createInterface({ input: from }).on('line', (line) => to.write(`${name.padEnd(width)} | ${line}\n`));
  }
  return child;
}
