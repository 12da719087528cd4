import { count, manyLines, oneLine, table } from './text.js';

it.each([
  ['two\nlines\tand  blanks', Infinity, 'two lines and blanks'],
  ['red \u001b[31m and back \u0008\u202e', Infinity, 'red �[31m and back ��'],
  ['as long as it may be', 20, 'as long as it may be'],
  ['longer than it may be', 20, 'longer than it may …'],
])('%j within %d is %j', (text, maxLength, shown) => {
  expect(oneLine(text, maxLength)).toBe(shown);
});

it('keeps lines and no control characters', () => {
  expect(manyLines('{\r\n\t"a": "\u001b[2J"\n}')).toBe('{�\n  "a": "�[2J"\n}');
});

it('aligns columns and leaves no blanks at the end', () => {
  expect(
    table([
      ['message', 'reason'],
      ['a', 'no'],
      ['longer', ''],
    ]),
  ).toEqual(['message  reason', 'a        no', 'longer']);
});

it('counts', () => {
  expect([count(0, 'message'), count(1, 'message'), count(2, 'message')]).toEqual([
    '0 messages',
    '1 message',
    '2 messages',
  ]);
});
