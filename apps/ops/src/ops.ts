import { BootError, readConfig } from '@planwright/runtime';
import { readArguments, UsageError } from './arguments.js';
import type { Command } from './arguments.js';
import { checkBlueprints } from './blueprints/check-blueprints.js';
import { doctorCommand } from './doctor/doctor-command.js';
import { keysCommand } from './keys/keys-command.js';
import { limitsCommand } from './limits/limits-command.js';
import { dropCommand } from './parked/drop.js';
import { listCommand } from './parked/list.js';
import { replayCommand } from './parked/replay.js';
import { showCommand } from './parked/show.js';
import { retryCommand } from './features/retry-command.js';
import type { Terminal } from './terminal.js';
import { verifyCommand } from './verify/verify-command.js';
import { resealCommand } from './webhooks/reseal-command.js';
import { usageCommand } from './workspaces/usage-command.js';
import { workspaceCommand } from './workspaces/workspace-command.js';

/** Runs one command and answers the exit code; whatever goes wrong is a sentence on standard error. */
export async function runOps(argv: readonly string[], options: Omit<Terminal, 'read'>): Promise<number> {
  const terminal: Terminal = { ...options, read: (schema) => readConfig(schema, options.env) };
  try {
    return await run(readArguments(argv), terminal);
  } catch (error) {
    if (error instanceof UsageError) terminal.err(`ops: ${error.message}\n\n${error.usage}`);
    else if (error instanceof BootError) terminal.err(`ops: ${error.message}\n`);
    else terminal.err(`ops: This could not be finished: ${(error as Error).message}\n`);
    return 2;
  }
}

function run(command: Command, terminal: Terminal): Promise<number> | number {
  switch (command.name) {
    case 'help':
      terminal.out(command.text);
      return 0;
    case 'verify':
      return verifyCommand(command, terminal);
    case 'doctor':
      return doctorCommand(command, terminal);
    case 'retry':
      return retryCommand(command, terminal);
    case 'limits':
      return limitsCommand(command, terminal);
    case 'usage':
      return usageCommand(command, terminal);
    case 'workspace':
      return workspaceCommand(command, terminal);
    case 'keys list':
    case 'keys create':
    case 'keys rotate':
    case 'keys revoke':
      return keysCommand(command, terminal);
    case 'webhooks reseal':
      return resealCommand(command, terminal);
    case 'blueprints check':
      return checkBlueprints(command, terminal);
    case 'parked list':
      return listCommand(command, terminal);
    case 'parked show':
      return showCommand(command, terminal);
    case 'parked replay':
      return replayCommand(command, terminal);
    case 'parked drop':
      return dropCommand(command, terminal);
  }
}
