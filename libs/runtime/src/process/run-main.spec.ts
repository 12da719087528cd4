import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of its own, as exit codes and standard error are what is promised. */
function run(body: string, env: Record<string, string> = {}) {
  const hooks = fileURLToPath(new URL('../../../testing/src/jest/run-sources.mjs', import.meta.url));
  const { href } = new URL('./run-main.ts', import.meta.url);
  const errors = new URL('./boot-error.ts', import.meta.url).href;
  const source = `
    import { runMain } from ${JSON.stringify(href)};
    import { BootError } from ${JSON.stringify(errors)};
    setInterval(() => {}, 1000);
    await runMain('gateway', async () => { ${body} });`;
  const args = ['--no-warnings', '--import', hooks, '--input-type=module', '-e', source];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  return { status, stderr };
}

describe('runMain', () => {
  it('prints one line and exits with 1, even with a connection open', () => {
    expect(run(`throw new BootError('RABBITMQ_URL is required.')`)).toEqual({
      status: 1,
      stderr: 'gateway: RABBITMQ_URL is required.\n',
    });
  });

  it('shows the stack of an unexpected error where one debugs', () => {
    const { status, stderr } = run(`null.x`, { PLANWRIGHT_LOG_LEVEL: 'debug' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^gateway: Could not start: Cannot read .*\nTypeError: /);
  });
});
