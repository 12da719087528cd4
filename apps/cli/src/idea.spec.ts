import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from './arguments.js';
import { readIdea, splitIdea } from './idea.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'plan-idea-'))));
afterAll(() => rm(folder, { recursive: true }));

async function read(file: string, content: string | Uint8Array, constraints?: string) {
  await writeFile(join(folder, file), content);
  return readIdea(file, constraints, folder);
}
const refusal = (argument: string) =>
  readIdea(argument, undefined, folder).then(
    () => 'accepted',
    (error: unknown) => {
      expect(error).toBeInstanceOf(UsageError);
      return (error as Error).message;
    },
  );

describe('an idea on the command line', () => {
  it.each([
    ['An app that finds free courts. It shows a map.', 'An app that finds free courts'],
    ['Find courts', 'Find courts'],
    ['A v2.0 of our app', 'A v2.0 of our app'],
    ['An editor for README.md.', 'An editor for README.md'],
    ['First line of it\nsecond line', 'First line of it'],
    ['An A/B testing service', 'An A/B testing service'],
  ])('%j is called %j', async (argument, name) => {
    expect(await readIdea(argument, undefined, folder)).toEqual({ name, idea: argument, constraints: '' });
  });

  it('may be of any length, its name may not, and no character is cut in two', async () => {
    const idea = `${'a'.repeat(198)}🎾${' and more'.repeat(5000)}`;
    const read = await readIdea(idea, ' Budget: none ', folder);
    expect(read).toEqual({ name: `${'a'.repeat(198)}…`, idea, constraints: 'Budget: none' });
    expect(read.name.isWellFormed()).toBe(true);
  });

  it.each([
    [
      'An editor for README.md',
      /^There is no file An editor for README\.md\. If this is the idea itself, end it with a full stop\.$/,
    ],
    ['idea.MD', /^There is no file idea\.MD\./],
    ['missing/idea', /^There is no file missing\/idea\./],
    ['notes.txt', /^There is no file notes\.txt\./],
  ])('%j names a file that is not there', async (argument, message) => {
    expect(await refusal(argument)).toMatch(message);
  });

  it('is no folder', async () => {
    await mkdir(join(folder, 'ideas'));
    expect(await refusal('ideas')).toBe('ideas is a folder: name a file in it, or put the idea in quotes.');
  });
});

describe('an idea in a file', () => {
  it('has the first heading as its name', async () => {
    const text = '# Court *finder*\n\nFinds courts.\n';
    expect(await read('a.md', text)).toEqual({ name: 'Court finder', idea: text.trim(), constraints: '' });
  });

  it('is read whatever the file is called', async () => {
    expect(await read('idea', 'Finds free courts.')).toEqual({
      name: 'Finds free courts',
      idea: 'Finds free courts.',
      constraints: '',
    });
  });

  it('leaves the constraints to their heading, unless the command line has some', async () => {
    const text = '# Courts\n\nFinds courts.\n\n## Constraints\n\n- No budget\n';
    expect(await read('b.md', text)).toMatchObject({ idea: '# Courts\n\nFinds courts.', constraints: '- No budget' });
    expect(await read('b.md', text, 'Two weeks')).toMatchObject({
      idea: '# Courts\n\nFinds courts.',
      constraints: 'Two weeks',
    });
    expect(await read('b.md', text, '')).toMatchObject({ constraints: '' });
  });

  it('may come from Windows: byte order mark and CRLF', async () => {
    expect(await read('c.md', '\ufeff# Courts\r\n\r\nFinds courts.\r\n\r\n# Constraints\r\n\r\nNone.\r\n')).toEqual({
      name: 'Courts',
      idea: '# Courts\n\nFinds courts.',
      constraints: 'None.',
    });
  });

  it('is not empty', async () => {
    await writeFile(join(folder, 'empty.md'), ' \n\n');
    await writeFile(join(folder, 'only.md'), '# Constraints\n\nNo budget\n');
    expect(await refusal('empty.md')).toBe('The file empty.md holds no idea.');
    expect(await refusal('only.md')).toBe('The file only.md holds no idea.');
  });

  it('is text', async () => {
    await writeFile(join(folder, 'd.md'), Uint8Array.of(0x23, 0xff, 0xfe, 0x00));
    expect(await refusal('d.md')).toBe('The file d.md is not text in UTF-8.');
  });
});

describe('the heading "Constraints"', () => {
  it.each([
    [
      'in the middle: the next heading is idea again',
      '# A\nx\n## Constraints\nc\n## Users\ny',
      '# A\nx\n## Users\ny',
      'c',
    ],
    [
      'with headings below it',
      '# A\nx\n## Constraints\nc\n### Money\nnone\n# B\ny',
      '# A\nx\n# B\ny',
      'c\n### Money\nnone',
    ],
    ['of any case, with a colon or closing marks', 'x\n### CONSTRAINTS: ###\nc', 'x', 'c'],
    ['with nothing below it', 'x\n# Constraints', 'x', ''],
    ['is not a heading about constraints', 'x\n# Constraints of others\ny', 'x\n# Constraints of others\ny', ''],
    ['is not a line of text', 'x\nConstraints\ny', 'x\nConstraints\ny', ''],
    ['is not in a code fence', 'x\n```\n# Constraints\n```\ny', 'x\n```\n# Constraints\n```\ny', ''],
    [
      'does not end at a comment in a code fence',
      'x\n# Constraints\n~~~sh\n# not a heading\n~~~',
      'x',
      '~~~sh\n# not a heading\n~~~',
    ],
  ])('%s', (_what, text, idea, constraints) => {
    expect(splitIdea(text)).toEqual({ idea, constraints });
  });
});
