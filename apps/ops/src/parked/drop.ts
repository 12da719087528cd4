import type { Command } from '../arguments.js';
import type { Terminal } from '../terminal.js';
import { audited } from './audited.js';

/** Deletes parked messages. */
export function dropCommand(
  { choice }: Extract<Command, { name: 'parked drop' }>,
  terminal: Terminal,
): Promise<number> {
  return audited(
    choice,
    {
      action: 'parked.drop',
      done: 'dropped',
      act: async (broker, ids) => {
        await broker.dropParked({ ids });
        return [];
      },
    },
    terminal,
  );
}
