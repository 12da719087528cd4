import { userInfo } from 'node:os';

/** Who does it, for the audit log: the user of the operating system; its number where it has no name. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
