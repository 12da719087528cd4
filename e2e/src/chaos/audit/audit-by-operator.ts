import { AppProcess } from '../../app-process.js';
import { finding } from './finding.js';
import type { Finding } from './finding.js';

/** What is read of the answer of `ops verify --json`. */
interface Verification {
  findings: {
    invariant: string;
    severity: string;
    count: number;
    what: string;
    examples: { id: string; detail: string }[];
  }[];
}

/** What an operator is told by `npm run ops -- verify`: the same database, looked at by the platform itself. */
export async function auditByOperator(databaseUrl: string): Promise<Finding[]> {
  const ops = new AppProcess({
    name: 'ops',
    file: 'apps/ops/dist/main.js',
    args: ['verify', '--all', '--json'],
    env: { DATABASE_URL: databaseUrl },
  });
  const { code } = await ops.ended;
  if (code !== 0 && code !== 1) return [finding('verify', `it could not tell (code ${code})${ops.output()}`)];
  const { findings } = JSON.parse(ops.stdout) as Verification;
  return findings
    .filter(({ severity }) => severity === 'violation')
    .map(({ invariant, count, what, examples }) => {
      const [first] = examples;
      return finding(`verify: ${invariant}`, `${count} times: ${what} ${first ? `${first.id}, ${first.detail}` : ''}`);
    });
}
