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
      const known = rows.get(row.name) ?? { ...row, readBy: [], defaults: {}, descriptions: {} };
      known.readBy.push(name);
      (known.defaults[shown(row)] ??= []).push(name);
      (known.descriptions[row.description] ??= []).push(name);
      rows.set(row.name, known);
    }
  }
  const lines = [...rows.values()]
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, expects, readBy, defaults, descriptions }) => {
      const meaning = told(descriptions, (text, names) => `${names}: ${text}`, ' ');
      const cells = [
        `\`${name}\``,
        readBy.join(', '),
        told(defaults, (text, names) => `${text} (${names})`, ', '),
        `${meaning} ${sentence(expects)}`,
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
owner; default \`DATABASE_URL\`). A command of \`npm run ops\` asks for those of its variables that it needs.

Redis holds live text, the leases of steps, the slots that generators announce and what is used of the providers' limits; all
of it can be lost at any time.
`;
}

/** A text as it is where all processes have the same one, else each with those it is for. */
function told(texts, each, separator) {
  const entries = Object.entries(texts);
  if (entries.length === 1) return entries[0][0];
  return entries.map(([text, names]) => each(text, names.join(', '))).join(separator);
}

function shown({ required, default: value }) {
  if (required) return '**required**';
  if (value === undefined) return '–';
  if (Array.isArray(value)) return `\`${value.join(',')}\``;
  return `\`${typeof value === 'object' ? JSON.stringify(value) : value}\``;
}

function sentence(expects) {
  return `${expects.charAt(0).toUpperCase()}${expects.slice(1)}.`;
}
