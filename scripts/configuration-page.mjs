// docs/configuration.md from the schemas that read the environment: every variable, by process.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeConfig } from '@planwright/runtime';

const processes = ['standalone', 'gateway', 'orchestrator', 'generator', 'notifier', 'ops'];

export async function configurationPage(root) {
  const rows = new Map();
  for (const name of processes) {
    const { configSchema } = await import(pathToFileURL(join(root, 'apps', name, 'dist/config.js')).href);
    for (const row of describeConfig(configSchema)) {
      const known = rows.get(row.name) ?? { ...row, readBy: [], defaults: new Set() };
      known.readBy.push(name);
      known.defaults.add(shown(row));
      rows.set(row.name, known);
    }
  }
  const lines = [...rows.values()]
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, expects, description, readBy, defaults }) => {
      const cells = [
        `\`${name}\``,
        readBy.join(', '),
        [...defaults].join(' or '),
        `${description} ${sentence(expects)}`,
      ];
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    });
  return `# Configuration

Generated from the schemas that read the environment by \`npm run generate\`. Every process lists all problems with its
environment at once and does not start with any.

| variable | read by | default | meaning |
| --- | --- | --- | --- |
${lines.join('\n')}

\`npm run plan\` reads \`PLANWRIGHT_URL\` (where a platform answers; without it one is started if none answers at
\`http://127.0.0.1:3000\`) and \`PLANWRIGHT_API_KEY\`. \`npm run migrate\` reads \`DATABASE_OWNER_URL\` (the database as its
owner; default \`DATABASE_URL\`).
`;
}

function shown({ required, default: value }) {
  if (required) return '**required**';
  return value === undefined ? '–' : `\`${Array.isArray(value) ? value.join(',') : value}\``;
}

function sentence(expects) {
  return `${expects.charAt(0).toUpperCase()}${expects.slice(1)}.`;
}
