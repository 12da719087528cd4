import { z } from 'zod';
import { projectEventBody, runEventBody } from '../live/events.js';
import { clientFrame } from '../live/frames.js';
import { MESSAGES } from './catalogue.js';
import type { MessageAudience, MessageDefinition } from './define-message.js';

type Json = Record<string, unknown>;

/** Where the messages of one audience travel: exchange and the queues behind it. */
const AUDIENCES: Record<MessageAudience, { address: string; description: string }> = {
  orchestrator: { address: 'pw.cmd', description: 'Direct exchange; queue pw.orchestrator.v1.' },
  generator: {
    address: 'pw.cmd/generator',
    description: 'Direct exchange pw.cmd; queues pw.generator.interactive.v1, .background.v1 and .features.v1.',
  },
  everyone: { address: 'pw.evt', description: 'Topic exchange; one exclusive queue per listening process.' },
};

/** The AsyncAPI 3.0 description of the messages on the broker and of the live feed. */
export function asyncApiDocument(release: string): Json {
  const definitions = [...MESSAGES.values()];
  const channels: Record<string, Json> = {};
  const operations: Record<string, Json> = {};
  for (const audience of Object.keys(AUDIENCES) as MessageAudience[]) {
    const mine = definitions.filter((definition) => definition.audience === audience);
    channels[audience] = {
      ...AUDIENCES[audience],
      servers: [{ $ref: '#/servers/broker' }],
      messages: Object.fromEntries(mine.map((d) => [d.name, { $ref: `#/components/messages/${d.name}` }])),
    };
    operations[`send_to_${audience}`] = { action: 'send', channel: { $ref: `#/channels/${audience}` } };
  }
  channels['live'] = {
    address: '/v1/live',
    description: 'WebSocket, subprotocol planwright.v1; see docs/protocol.md.',
    servers: [{ $ref: '#/servers/notifier' }],
    messages: {
      client_frame: { $ref: '#/components/messages/client_frame' },
      live_event: { $ref: '#/components/messages/live_event' },
    },
  };
  operations['receive_live_events'] = {
    action: 'send',
    channel: { $ref: '#/channels/live' },
    messages: [{ $ref: '#/channels/live/messages/live_event' }],
  };
  operations['subscribe_live'] = {
    action: 'receive',
    channel: { $ref: '#/channels/live' },
    messages: [{ $ref: '#/channels/live/messages/client_frame' }],
  };
  return {
    asyncapi: '3.0.0',
    info: { title: 'Planwright messages and live feed', version: release },
    defaultContentType: 'application/json',
    servers: {
      broker: { host: '127.0.0.1:5672', protocol: 'amqp', description: 'RabbitMQ 3.10 to 4.x' },
      notifier: { host: '127.0.0.1:3001', protocol: 'ws' },
    },
    channels,
    operations,
    components: {
      messages: {
        ...Object.fromEntries(definitions.map((definition) => [definition.name, describe(definition)])),
        client_frame: { summary: 'A frame a client may send.', payload: schemaOf(clientFrame) },
        live_event: {
          summary: 'A live event; the log adds v, channel, epoch, seq and ts.',
          payload: { oneOf: [schemaOf(runEventBody), schemaOf(projectEventBody)] },
        },
      },
    },
  };
}

function describe(definition: MessageDefinition): Json {
  return {
    name: definition.name,
    title: `${definition.name} v${definition.version}`,
    summary: definition.summary,
    tags: [{ name: definition.kind }],
    payload: schemaOf(definition.schema),
  };
}

function schemaOf(schema: z.ZodType): Json {
  const { $schema: _schema, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Json;
  return rest;
}
