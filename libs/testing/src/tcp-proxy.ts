import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * A TCP proxy on 127.0.0.1 in front of a real server, for tests of what clients do when the network fails.
 *
 * - `cut()`: every connection is reset (RST) now; new ones work. A broken connection, a failover.
 * - `pause()`: a black hole. Nothing passes in either direction, nothing is closed, new connections are accepted and
 *   then silent. A pulled cable, a frozen server.
 * - `resume()`: ends the black hole; what was held back passes, so bytes are late but never lost.
 * - `refuse()`: existing connections are reset and new ones too, until `resume()`. A server that is down.
 */
export interface TcpProxy {
  host: '127.0.0.1';
  port: number;
  /** Connections open now. */
  connections(): number;
  /** Connections accepted so far: tells whether a client came back. */
  accepted(): number;
  cut(): void;
  pause(): void;
  resume(): void;
  refuse(): void;
  /** Resets every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * `target` is a URL with host and port, or a port on 127.0.0.1. A function is asked for every new connection: a server
 * may come back at another address.
 */
export async function startTcpProxy(target: string | number | (() => string)): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let mode: 'open' | 'paused' | 'refusing' = 'open';
  let accepted = 0;

  const server = createServer((client) => {
    accepted += 1;
    if (mode === 'refusing') return void client.resetAndDestroy();
    const upstream = connect(addressOf(typeof target === 'function' ? target() : target));
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    forward(client, upstream, () => mode !== 'paused');
    forward(upstream, client, () => mode !== 'paused');
    if (mode === 'paused') hold(pair);
    for (const socket of pair) {
      socket.on('error', () => reset(pair));
      socket.on('close', () => end(pair));
    }
  });

  const reset = (pair: [Socket, Socket]): void => {
    pairs.delete(pair);
    for (const socket of pair) drop(socket);
  };
  // While paused even the end of one side is unknown to the other one.
  const end = (pair: [Socket, Socket]): void => {
    if (mode !== 'paused' && pair.some((socket) => socket.destroyed) && pairs.delete(pair)) {
      for (const socket of pair) socket.destroySoon();
    }
  };
  const cut = (): void => [...pairs].forEach(reset);

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');

  return {
    host: '127.0.0.1',
    port: address.port,
    connections: () => pairs.size,
    accepted: () => accepted,
    cut,
    pause() {
      mode = 'paused';
      pairs.forEach(hold);
    },
    resume() {
      mode = 'open';
      for (const pair of [...pairs]) {
        for (const socket of pair) socket.resume();
        end(pair);
      }
    },
    refuse() {
      mode = 'refusing';
      cut();
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The same URL, but through the proxy. */
export function throughProxy(url: string, proxy: TcpProxy): string {
  const changed = new URL(url);
  changed.hostname = proxy.host;
  changed.port = String(proxy.port);
  return changed.href;
}

const STANDARD_PORTS: Record<string, number> = {
  'postgres:': 5432,
  'postgresql:': 5432,
  'amqp:': 5672,
  'redis:': 6379,
};

function addressOf(target: string | number): { host: string; port: number } {
  if (typeof target === 'number') return { host: '127.0.0.1', port: target };
  const { hostname, port, protocol } = new URL(target);
  return { host: hostname || '127.0.0.1', port: Number(port || (STANDARD_PORTS[protocol] ?? 80)) };
}

function forward(from: Socket, to: Socket, mayFlow: () => boolean): void {
  from.on('data', (data) => {
    if (!to.write(data)) from.pause();
  });
  to.on('drain', () => {
    if (mayFlow()) from.resume();
  });
  from.on('end', () => to.end());
}

/**
 * Resets a connection. One that is just saying its end can't be: it would stay open for ever, and a process with such a
 * handle never exits (Node 24).
 */
function drop(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}

function hold(pair: [Socket, Socket]): void {
  for (const socket of pair) socket.pause();
}
