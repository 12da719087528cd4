import type { Command } from '../arguments.js';
import type { Terminal } from '../terminal.js';
import { count } from '../text.js';
import { messageJson, messageTable } from './message.js';
import { withBroker } from './with-broker.js';

/** Prints what is parked, oldest first. Exit code 0, however many there are. */
export async function listCommand(
  { limit, json }: Extract<Command, { name: 'parked list' }>,
  terminal: Terminal,
): Promise<number> {
  const { total, waiting, messages } = await withBroker(terminal, (broker) => broker.listParked({ limit }));
  if (json) {
    terminal.out(`${JSON.stringify({ total, waiting, messages: messages.map(messageJson) }, null, 2)}\n`);
    return 0;
  }
  const onTheWay =
    waiting > 0 ? ` ${waiting} more on the way, past the orchestrator: a step they speak of fails first.` : '';
  if (total === 0) {
    terminal.out(`No message is parked.${onTheWay}\n`);
    return 0;
  }
  const shown = messages.length < total ? `; the oldest ${messages.length}` : '';
  const head = `${count(total, 'message')} parked${shown}.${onTheWay}`;
  terminal.out(`${[head, '', ...messageTable(messages)].join('\n')}\n`);
  return 0;
}
