import { newId } from '@planwright/runtime';
import { bind } from './bind.js';
import { INVARIANTS } from './invariants.js';

const now = Date.parse('2026-03-01T12:00:00.000Z');
const moment = { before: now - 60_000, since: now - 3_600_000, oldest: now - 7_200_000 };

it('numbers placeholders by their first place and leaves casts alone', () => {
  expect(bind(`a::text < :before AND b >= :since OR c < :before`, moment)).toEqual({
    text: 'a::text < $1::timestamptz AND b >= $2::timestamptz OR c < $1::timestamptz',
    parameters: ['2026-03-01T11:59:00.000Z', '2026-03-01T11:00:00.000Z'],
  });
});

it('refuses a placeholder it does not know', () => {
  expect(() => bind('a < :yesterday', moment)).toThrow('no placeholder :yesterday');
});

it('looks back to the first id of an instant, or to the first of all', () => {
  const at = (oldest: number | null) => bind('id >= :oldest', { ...moment, oldest }).parameters[0] ?? '';
  expect(at(Date.now() - 10_000) < newId()).toBe(true);
  expect(at(Date.now() + 10_000) > newId()).toBe(true);
  expect(at(null)).toBe('00000000-0000-0000-0000-000000000000');
  expect(bind('at >= :since', { ...moment, since: null }).parameters).toEqual(['-infinity']);
});

describe('the invariants', () => {
  it('have a name each, and nobody else has it', () => {
    const names = INVARIANTS.map(({ name }) => name);
    expect(names.filter((name) => !/^[a-z]+(_[a-z]+)+$/.test(name))).toEqual([]);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('speak in sentences', () => {
    const texts = INVARIANTS.flatMap(({ what, advice }) => [what, advice]);
    expect(texts.filter((text) => !/^[A-Z].*\.$/.test(text))).toEqual([]);
  });

  it('judge ages where they have a grace, and only there', () => {
    const asked = INVARIANTS.filter(({ sql }) => sql.includes(':before')).map(({ name }) => name);
    expect(asked).toEqual(INVARIANTS.filter(({ graceMs }) => graceMs > 0).map(({ name }) => name));
  });
});
