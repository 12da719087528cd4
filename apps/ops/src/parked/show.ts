import { PARKED_LIMIT } from '@planwright/messaging';
import type { Command } from '../arguments.js';
import type { Terminal } from '../terminal.js';
import { messageJson, messageText } from './message.js';
import { withBroker } from './with-broker.js';

/** Prints one parked message, or all copies of it; exit code 1 when there is none. */
export async function showCommand(
  { handle, json }: Extract<Command, { name: 'parked show' }>,
  terminal: Terminal,
): Promise<number> {
  const { messages } = await withBroker(terminal, (broker) => broker.listParked({ limit: PARKED_LIMIT }));
  const copies = messages.filter((message) => message.handle === handle);
  if (copies.length === 0) {
    terminal.err(`ops: No parked message is called "${handle}"; npm run ops -- parked list shows them.\n`);
    return 1;
  }
  if (json) terminal.out(`${JSON.stringify(copies.map(messageJson), null, 2)}\n`);
  else terminal.out(copies.map(messageText).join('\n'));
  return 0;
}
