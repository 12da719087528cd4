import type { FastifyRequest } from 'fastify';

/** What is used here of a `WebSocket` of the package `ws`. */
interface Socket {
  readonly readyState: number;
  readonly OPEN: number;
  close(code: number): void;
  terminate(): void;
  prependListener(event: 'close', listener: (code: number) => void): unknown;
}

/** The longest frame the notifier takes; what is longer is refused here, before anybody has said who they are. */
const MAX_FRAME_BYTES = 64 * 1024;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** 1012: the service restarts, come again. */
const GONE = 1012;
/** What `ws` reports where there was no close frame. The proxy would make 4004 to 4006 of them, which mean other things here. */
const UNSAID = [1004, 1005, 1006];

/**
 * How sockets are forwarded to the notifier: so that either end sees of the other what it would see without the gateway in
 * between, be it slow, silent, or gone.
 */
export const forwardedSockets = {
  websocket: true,
  wsServerOptions: { maxPayload: MAX_FRAME_BYTES },
  wsClientOptions: {
    // Pings and pongs pass through: what the reader has not answered, the gateway does not answer for it.
    autoPong: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    // The proxy passes cookies on and nothing else; a key in the header is what authenticates a socket.
    rewriteRequestHeaders: (headers: Record<string, string>, { headers: given }: FastifyRequest) => ({
      ...headers,
      ...(given.authorization !== undefined && { authorization: given.authorization }),
    }),
  },
  wsHooks: {
    onConnect: (_context: unknown, reader: Socket, notifier: Socket): void => {
      // The reader left while the notifier was being reached: nobody would ever close this.
      if (reader.readyState !== reader.OPEN) return notifier.terminate();
      notifier.prependListener('close', (code: number) => {
        if (UNSAID.includes(code)) reader.close(GONE);
      });
    },
  },
};
