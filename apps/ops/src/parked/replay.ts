import type { Command } from '../arguments.js';
import type { Terminal } from '../terminal.js';
import { audited } from './audited.js';

/** Sends parked messages again to the queues they are for. */
export function replayCommand(
  { choice }: Extract<Command, { name: 'parked replay' }>,
  terminal: Terminal,
): Promise<number> {
  return audited(
    choice,
    {
      action: 'parked.replay',
      done: 'replayed',
      act: async (broker, ids) => {
        const { notReplayable } = await broker.replayParked({ ids });
        return notReplayable.map(({ id, reason }) => ({ handle: id, reason }));
      },
    },
    terminal,
  );
}
