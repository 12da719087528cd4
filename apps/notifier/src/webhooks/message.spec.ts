import { randomBytes, randomUUID } from 'node:crypto';
import type { WebhookPayload } from '@planwright/contracts';
import { Webhook } from 'standardwebhooks';
import { bodyOf, signedHeaders } from './message.js';

const PAYLOAD: WebhookPayload = {
  type: 'document.completed',
  timestamp: '2026-11-21T12:00:00.000Z',
  data: {
    ...{ project_id: randomUUID(), run_id: randomUUID(), document: 'prd', document_id: randomUUID() },
    ...{ version_id: randomUUID(), status: 'ready' },
  },
};

describe('signatures', () => {
  const secrets = [randomBytes(32), randomBytes(32)];
  const now = new Date();
  const delivery = { messageId: 'msg_project_1', payload: PAYLOAD, secrets };
  // As PostgreSQL gives it back: the fields of an object in another order.
  const { type, timestamp, data } = delivery.payload;
  const body = bodyOf({ payload: { data, timestamp, type } });
  const verifier = (secret = Buffer.alloc(32)) => new Webhook(`whsec_${secret.toString('base64')}`);

  it('are those of the official verifier, with each secret that is valid', () => {
    const headers = signedHeaders(delivery, body, now);
    for (const secret of secrets) expect(verifier(secret).verify(body, headers)).toEqual(delivery.payload);
    const one = signedHeaders({ ...delivery, secrets: secrets.slice(0, 1) }, body, now);
    expect(verifier(secrets[0]).verify(body, one)).toEqual(delivery.payload);
    expect(() => verifier(secrets[1]).verify(body, one)).toThrow('No matching signature');
  });

  it('hold for these bytes, this id and this time alone', () => {
    const headers = signedHeaders(delivery, body, now);
    const refused = (text: string, changed: Record<string, string>) =>
      expect(() => verifier(secrets[0]).verify(text, { ...headers, ...changed })).toThrow();
    refused(`${body} `, {});
    refused(body, { 'webhook-id': 'msg_project_2' });
    refused(body, { 'webhook-timestamp': String(Math.floor(now.getTime() / 1_000) - 1) });
    const old = signedHeaders(delivery, body, new Date(now.getTime() - 301_000));
    expect(() => verifier(secrets[0]).verify(body, old)).toThrow('too old');
  });
});
