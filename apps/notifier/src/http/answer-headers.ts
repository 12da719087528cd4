import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { corsHeaders, preflightHeaders, SECURITY_HEADERS, transportHeaders } from '@planwright/runtime';
import { AUTH } from '../ports.js';
import type { Auth } from '../ports.js';

/** What every answer tells a browser: that it is data and nothing else, not to be kept, and which pages may read it. */
export function answerBrowsers(app: NestFastifyApplication): void {
  const { allowedOrigins = [] } = app.get<Auth>(AUTH, { strict: false });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      const { method, headers, raw } = request;
      const forwardedProto = [headers['x-forwarded-proto']].flat()[0];
      const transport = transportHeaders({ encrypted: 'encrypted' in raw.socket, forwardedProto });
      const cors = corsHeaders(headers, allowedOrigins);
      void reply.headers({ ...SECURITY_HEADERS, 'cache-control': 'no-store', ...transport, ...cors });
      const preflight = preflightHeaders(method, headers, allowedOrigins);
      if (preflight) void reply.status(204).headers(preflight).send();
      else done();
    });
}
