import { z } from 'zod';
import { projectEventBody, runEventBody } from '../live/events.js';
import { featureEventBody } from '../live/feature-events.js';
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
    operations[`send_to_${audience}`] = {
      action: 'send',
      summary: `Messages to ${audience}`,
      description: `${AUDIENCES[audience].description} Delivered at least once; handled once, by the id of the message.`,
      channel: { $ref: `#/channels/${audience}` },
    };
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
    summary: 'Live events to whoever has subscribed',
    description: 'In order and without gaps, in frames `events`; adjacent chunks of a section may come as one.',
    tags: [{ name: 'live' }],
    channel: { $ref: '#/channels/live' },
    messages: [{ $ref: '#/channels/live/messages/live_event' }],
  };
  operations['subscribe_live'] = {
    action: 'receive',
    summary: 'Frames of a client',
    description: 'Which channels it follows, from which position on.',
    tags: [{ name: 'live' }],
    channel: { $ref: '#/channels/live' },
    messages: [{ $ref: '#/channels/live/messages/client_frame' }],
  };
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'Planwright messages and live feed',
      version: release,
      description:
        'Commands and facts between the services over RabbitMQ, and the live feed of clients over WebSocket. The live ' +
        'feed is written down in docs/protocol.md; its events are the same over server-sent events.',
      contact: { name: 'Planwright', url: 'https://planwright.dev', email: 'api@planwright.dev' },
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: [
        { name: 'command', description: 'Asks one owner to do something.' },
        { name: 'fact', description: 'Says what has happened.' },
        { name: 'live', description: 'For a screen: numbered, and can be told again.' },
      ],
    },
    defaultContentType: 'application/json',
    servers: {
      broker: { host: '127.0.0.1:5672', protocol: 'amqp', description: 'RabbitMQ 3.10 to 4.x' },
      notifier: { host: '127.0.0.1:3001', protocol: 'ws', description: 'The notifier, or a gateway that forwards' },
    },
    channels,
    operations,
    components: {
      messages: {
        ...Object.fromEntries(definitions.map((definition) => [definition.name, describe(definition)])),
        client_frame: { summary: 'A frame a client may send.', payload: schemaOf(clientFrame) },
        live_event: {
          summary: 'A live event; the log adds v, channel, epoch, seq and ts.',
          payload: { oneOf: [schemaOf(runEventBody), schemaOf(projectEventBody), schemaOf(featureEventBody)] },
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
