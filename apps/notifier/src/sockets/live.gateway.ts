import type { IncomingMessage } from 'node:http';
import { Inject } from '@nestjs/common';
import type { OnGatewayConnection } from '@nestjs/websockets';
import { WebSocketGateway } from '@nestjs/websockets';
import { LIVE_SUBPROTOCOL } from '@planwright/contracts';
import type { ServerOptions, WebSocket } from 'ws';
import { Connections } from '../connections.js';
import { MAX_CLIENT_FRAME_BYTES } from './frames.js';
import type { LiveSocketParts } from './live-socket.js';
import { LiveSocket } from './live-socket.js';
import { Outflow } from './outflow.js';

/** Token of what every socket needs. */
export const LIVE_SOCKET_PARTS = Symbol('live socket parts');

/** `/v1/live`: the live feed over WebSocket, subprotocol `planwright.v1`. Needs `LiveWsAdapter`. */
@WebSocketGateway<ServerOptions>({
  path: '/v1/live',
  maxPayload: MAX_CLIENT_FRAME_BYTES,
  // Compressing costs memory for every socket, and the same frames could not be sent to all of them.
  perMessageDeflate: false,
  // Whoever offers subprotocols and not ours gets none, and a browser then refuses the connection by itself.
  handleProtocols: (offered) => (offered.has(LIVE_SUBPROTOCOL) ? LIVE_SUBPROTOCOL : false),
})
export class LiveGateway implements OnGatewayConnection<WebSocket> {
  constructor(
    @Inject(LIVE_SOCKET_PARTS) private readonly parts: LiveSocketParts,
    @Inject(Connections) private readonly connections: Connections,
  ) {}

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    const outflow = new Outflow(socket, request.socket, this.parts.settings);
    const client = new LiveSocket(socket, request.headers, this.parts, outflow);
    void client.closed.then(this.connections.add(client));
  }
}
