import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findProgram } from './programs.js';

const run = promisify(execFile);
const POLICY = '/usr/sbin/policy-rc.d';

export function canInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined;
}

/**
 * Installs Debian packages for their programs alone. Packages of servers start them when installed; the policy file is
 * Debian's way to say no (exit code 101), and is there already in container images. A policy of this machine stays.
 */
export async function installPackages(packages: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const ours = !existsSync(POLICY);
  if (ours) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await run('apt-get', ['update', '-q'], { env, timeout: 180_000 });
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], { env, timeout: 600_000 });
  } finally {
    if (ours) await rm(POLICY, { force: true });
  }
}
