import { freeTexts } from '@planwright/testing';

const texts = freeTexts();

it('finds the texts of every body', () => {
  const found = texts.map(({ route, pointer }) => `${route} ${pointer}`);
  const expected = [
    'createProject /name',
    'createProject /idea',
    'updateProject /constraints',
    'startRun /documents/0',
  ];
  expect(found).toEqual(expect.arrayContaining(expected));
});

describe.each([
  ['a NUL', 'a\u0000b'],
  ['the first half of a surrogate pair', 'a\ud83d'],
  ['the second half of one', '\ude00a'],
])('%s', (_what, text) => {
  it.each(texts)('is refused in $pointer of $route', ({ schema, pointer, bodyWith }) => {
    const { issues = [] } = schema.safeParse(bodyWith(text)).error ?? {};
    expect(issues.map(({ path }) => `/${path.join('/')}`)).toContain(pointer);
  });
});
