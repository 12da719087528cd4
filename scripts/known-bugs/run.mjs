// `npm run test:bugs [name]`: puts each known bug into the sources, one at a time, and runs the tests that have to notice.
// The files on disk stay as they are. Exit code 1 when a bug goes unnoticed.
import { spawn } from 'node:child_process';
import { BUGS } from './bugs.mjs';

const [only] = process.argv.slice(2);
const bugs = only ? BUGS.filter(({ name }) => name === only) : BUGS;
if (bugs.length === 0) {
  process.stderr.write(`no known bug is called "${only}"; there are: ${BUGS.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}

const rows = [];
for (const bug of bugs) {
  const startedAt = Date.now();
  const { code, output } = await jest(bug);
  const failed = [...output.matchAll(/^ *● (.+)$/gm)].map(([, title]) => title.trim());
  // A run that could not begin has noticed nothing.
  const broken = /Test suite failed to run|No tests found|does not fit/.test(output);
  const caught = code !== 0 && failed.length > 0 && !broken;
  rows.push({ bug, caught, by: new Set(failed).size, first: failed[0] ?? '' });
  const verdict = caught ? `caught by ${new Set(failed).size}` : broken ? 'DID NOT RUN' : 'NOT CAUGHT';
  process.stdout.write(`${verdict.padEnd(14)} ${bug.name} (${((Date.now() - startedAt) / 1000).toFixed(0)} s)\n`);
  if (!caught) process.stdout.write(`${output.split('\n').slice(-40).join('\n')}\n`);
}

process.stdout.write('\n| known bug | what it does | caught by |\n| --- | --- | --- |\n');
for (const { bug, caught, by, first } of rows) {
  const test = first.split(' › ').at(-1)?.replaceAll('|', '\\|');
  process.stdout.write(`| ${bug.name} | ${bug.what} | ${caught ? `${by} tests, first: ${test}` : '**nothing**'} |\n`);
}
const missed = rows.filter(({ caught }) => !caught).length;
process.stdout.write(`\n${rows.length - missed} of ${rows.length} caught\n`);
process.exitCode = missed === 0 ? 0 : 1;

function jest({ name, tests: [project, pattern] }) {
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  args.push('--maxWorkers=2', '--forceExit', '--selectProjects', project, '--testPathPatterns', pattern);
  const child = spawn(process.execPath, args, {
    env: { ...process.env, KNOWN_BUG: name },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  // Some bugs hang: that is noticed, too.
  const timer = setTimeout(() => {
    output += '\n  ● it hangs\n';
    child.kill('SIGKILL');
  }, 240_000);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, output });
    });
  });
}
