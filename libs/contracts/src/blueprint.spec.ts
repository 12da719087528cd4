import { blueprint, sectionsBefore } from './blueprint.js';

const section = (id: string, order: number, uses: string[] = []) => ({
  id,
  title: id,
  order,
  prompt: `doc.${id}`,
  uses,
  words: { min: 50, target: 100, max: 200 },
  max_output_tokens: 500,
});
const good = {
  id: 'doc.full',
  version: 1,
  document: 'doc',
  title: 'Document',
  stages: [
    { number: 1, mode: 'sequential', streamed: true, timeout_seconds: 60, sections: ['a', 'b'] },
    { number: 2, mode: 'parallel', streamed: false, timeout_seconds: 90, sections: ['c', 'd'] },
  ],
  sections: [section('a', 1), section('b', 2, ['a']), section('c', 3, ['a', 'b']), section('d', 0, ['a'])],
};
const messages = (value: unknown) =>
  blueprint
    .safeParse(value)
    .error?.issues.map((issue) => issue.message)
    .join('; ') ?? '';

it('accepts a good blueprint and fills the defaults', () => {
  expect(blueprint.parse(good)).toMatchObject({
    mode: null,
    requires: [],
    sections: [{ output: 'markdown' }, {}, {}, {}],
  });
});

it.each([
  ['an unknown key', { ...good, stagse: [] }, /stagse/],
  ['a section in no stage', { ...good, sections: [...good.sections, section('e', 9)] }, /section e is in no stage/],
  ['a section twice', { ...good, sections: [...good.sections, section('a', 9)] }, /section a is listed twice/],
  ['two sections of one order', { ...good, sections: good.sections.map((s) => ({ ...s, order: 1 })) }, /order 1/],
  ['a use of a later section', { ...good, sections: [section('a', 1, ['b']), ...good.sections.slice(1)] }, /a uses b/],
  [
    'a use of a parallel sibling',
    { ...good, sections: [...good.sections.slice(0, 3), section('d', 0, ['c'])] },
    /d uses c/,
  ],
  ['stages out of order', { ...good, stages: [...good.stages].reverse() }, /stage 2 stands at place 1/],
  [
    'a stage with an unknown section',
    { ...good, stages: [{ ...good.stages[0], sections: ['a', 'b', 'x'] }, good.stages[1]] },
    /x, which does not exist/,
  ],
])('refuses %s', (_what, value, message) => {
  expect(messages(value)).toMatch(message);
});

it('knows what is finished before a section starts', () => {
  const parsed = blueprint.parse(good);
  expect(sectionsBefore(parsed, 'b')).toEqual(['a']);
  expect(sectionsBefore(parsed, 'd')).toEqual(['a', 'b']);
});
