import { createHash, randomBytes } from 'node:crypto';
import { WebhookSecrets } from './webhook-secrets.js';

const [old, fresh] = [randomBytes(32), randomBytes(32)] as const;
const secret = randomBytes(32);
const ID = '0199f3a2-7c1e-7a43-9d52-000000000001';
const OTHER = '0199f3a2-7c1e-7a43-9d52-000000000002';

it('seals with the first key, in the layout that is written down, never the same way twice', () => {
  const secrets = new WebhookSecrets([fresh, old]);
  const sealed = secrets.seal(secret, ID);
  expect(sealed).toHaveLength(1 + 4 + 12 + 32 + 16);
  expect(sealed[0]).toBe(1);
  expect(sealed.subarray(1, 5)).toEqual(createHash('sha256').update(fresh).digest().subarray(0, 4));
  expect(sealed.includes(secret)).toBe(false);
  expect(secrets.seal(secret, ID).equals(sealed)).toBe(false);
  expect(secrets.open(sealed, ID)).toEqual(secret);
});

it('opens with every key, and what is plain without any', () => {
  const sealed = new WebhookSecrets([old]).seal(secret, ID);
  expect(new WebhookSecrets([fresh, old]).open(sealed, ID)).toEqual(secret);
  expect(new WebhookSecrets().seal(secret, ID)).toBe(secret);
  expect(new WebhookSecrets().open(secret, ID)).toBe(secret);
  expect(new WebhookSecrets([fresh]).open(secret, ID)).toBe(secret);
});

it('does not open what is of another key, of another webhook, changed, or no secret at all', () => {
  const secrets = new WebhookSecrets([old]);
  const sealed = secrets.seal(secret, ID);
  expect(new WebhookSecrets([fresh]).open(sealed, ID)).toBeNull();
  expect(new WebhookSecrets().open(sealed, ID)).toBeNull();
  expect(secrets.open(sealed, OTHER)).toBeNull();
  for (let place = 0; place < sealed.length; place += 1) {
    const changed = Buffer.from(sealed);
    changed[place]! ^= 1;
    expect(secrets.open(changed, ID)).toBeNull();
  }
  for (const length of [0, 1, 31, 33, 64]) expect(secrets.open(sealed.subarray(0, length), ID)).toBeNull();
});

it('seals anew what the first key has not sealed', () => {
  const secrets = new WebhookSecrets([fresh, old]);
  const byOld = new WebhookSecrets([old]).seal(secret, ID);
  for (const stored of [secret, byOld]) {
    const again = secrets.reseal(stored, ID)!;
    expect(new WebhookSecrets([fresh]).open(again, ID)).toEqual(secret);
    expect(secrets.reseal(again, ID)).toBe(again);
  }
  expect(new WebhookSecrets([fresh]).reseal(byOld, ID)).toBeNull();
  expect(new WebhookSecrets().reseal(secret, ID)).toBe(secret);
});
