import { askedTogether } from './asked-together.js';

/** Answers by hand, in the order of the questions. */
function scripted() {
  const asked: { of: string; answer: (value: number) => void; fail: (error: Error) => void }[] = [];
  const ask = askedTogether<number>((of) => new Promise((answer, fail) => asked.push({ of, answer, fail })));
  return { asked, ask };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

it('asks at once where nobody else does', async () => {
  const { asked, ask } = scripted();
  const one = ask('a');
  asked[0]!.answer(1);
  expect(await one).toBe(1);
  await turn();
  void ask('a');
  expect(asked).toHaveLength(2);
});

it('shares the next answer, never the one that is on its way', async () => {
  const { asked, ask } = scripted();
  const first = ask('a');
  const late = [ask('a'), ask('a'), ask('a')];
  await turn();
  expect(asked).toHaveLength(1);
  asked[0]!.answer(1);
  await turn();
  expect(asked).toHaveLength(2);
  const later = ask('a');
  asked[1]!.answer(2);
  await turn();
  asked[2]!.answer(3);
  expect(await Promise.all([first, ...late, later])).toEqual([1, 2, 2, 2, 3]);
});

it('keeps questions apart, and goes on after a failure', async () => {
  const { asked, ask } = scripted();
  const [a, b, again] = [ask('a'), ask('b'), ask('a')];
  expect(asked.map(({ of }) => of)).toEqual(['a', 'b']);
  asked[0]!.fail(new Error('away'));
  await expect(a).rejects.toThrow('away');
  await turn();
  asked[1]!.answer(2);
  asked[2]!.answer(3);
  expect([await b, await again]).toEqual([2, 3]);
});
