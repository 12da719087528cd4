import { assert, property, string } from 'fast-check';
import { contentDisposition, slug } from './file-name.js';

it.each([
  ['Court finder', 'court-finder'],
  ['  Crème brûlée: für 2!  ', 'crème-brûlée-für-2'],
  ['../../etc/passwd', 'etc-passwd'],
  ['a\r\nSet-Cookie: x', 'a-set-cookie-x'],
  ['テニス コート', 'テニス-コート'],
  ['!!!', 'plan'],
  ['x'.repeat(200), 'x'.repeat(60)],
])('%j is called %s', (text, expected) => {
  expect(slug(text)).toBe(expected);
});

it.each([
  ['court.md', `attachment; filename="court.md"; filename*=UTF-8''court.md`],
  ['crème.md', `attachment; filename="creme.md"; filename*=UTF-8''cr%C3%A8me.md`],
  ['テニス.pdf', `attachment; filename="plan.pdf"; filename*=UTF-8''%E3%83%86%E3%83%8B%E3%82%B9.pdf`],
])('%s is sent as %s', (name, expected) => {
  expect(contentDisposition(name)).toBe(expected);
});

it('no name breaks a header or leaves its folder', () => {
  assert(
    property(string({ unit: 'grapheme', maxLength: 80 }), (text) => {
      const name = `${slug(text)}.docx`;
      expect(name).not.toMatch(/[\s/\\:"'<>|?*\p{Cc}]/u);
      expect(contentDisposition(name)).toMatch(
        /^attachment; filename="[A-Za-z0-9._-]+\.docx"; filename\*=UTF-8''[A-Za-z0-9%._~!$&+^`|-]+\.docx$/,
      );
    }),
  );
});
