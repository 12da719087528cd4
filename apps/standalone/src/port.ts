import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Throws the error that listening would throw. Asked first, so that a second platform on the same port says so at once
 * and does not meet the first one's database before.
 */
export async function checkPort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
