import { hashKey, isMistyped, mintKey } from './key-format.js';

it('makes keys of 51 characters that are well-formed and never the same', () => {
  const keys = Array.from({ length: 200 }, () => mintKey());
  for (const { key, publicId } of keys) {
    expect(key).toMatch(/^pw_[0-9a-z]{8}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}$/);
    expect(key.slice(3, 11)).toBe(publicId);
    expect(isMistyped(key)).toBe(false);
  }
  expect(new Set(keys.map(({ key }) => hashKey(key))).size).toBe(200);
});

it('keeps the public part of a key that is rotated', () => {
  const { key, publicId } = mintKey();
  const rotated = mintKey(publicId);
  expect(rotated.publicId).toBe(publicId);
  expect(rotated.key).not.toBe(key);
});

describe('a key with one fault', () => {
  const { key } = mintKey('7k2m9qxa');
  const places = [...key].map((_, at) => at).filter((at) => at >= 'pw_7k2m9qxa_'.length);

  it('in any letter of its secret or checksum is known for it', () => {
    const taken = places.filter((at) => {
      const other = key[at] === 'a' ? 'b' : 'a';
      return !isMistyped(key.slice(0, at) + other + key.slice(at + 1));
    });
    expect(taken).toEqual([]);
  });

  it('with two letters swapped is known for it', () => {
    const swapped = places
      .filter((at) => at + 1 < key.length && key[at] !== key[at + 1])
      .map((at) => key.slice(0, at) + key.charAt(at + 1) + key.charAt(at) + key.slice(at + 2));
    expect(swapped.filter((one) => !isMistyped(one))).toEqual([]);
    expect(swapped.length).toBeGreaterThan(20);
  });

  it('cut short or pasted with a letter too many is known for it', () => {
    expect([key.slice(0, -1), key.slice(0, -2), `${key}x`, `${key}_`].filter((one) => !isMistyped(one))).toEqual([]);
  });

  it('in the public part is known for it', () => {
    expect(isMistyped(key.replace('7k2m9qxa', '7k2m9qxb'))).toBe(true);
  });
});

it.each(['pw_test_first-key-of-default', 'planwright-local-compose-key', 'pw_', 'x'.repeat(51), ''])(
  'takes %j for a key from elsewhere',
  (key) => {
    expect(isMistyped(key)).toBe(false);
  },
);
