import { readFileSync } from 'node:fs';
import { hasCode } from './errors.js';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/**
 * False only where it is certain that this living process is no PostgreSQL. Process ids are used again, in containers
 * soon: then a stale `postmaster.pid` names a stranger, and PostgreSQL itself would refuse to start because of it.
 */
export function mayBePostgres(pid: number): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
  } catch {
    return true;
  }
}
