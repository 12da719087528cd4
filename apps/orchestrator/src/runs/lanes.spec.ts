import { Lanes } from './lanes.js';

function lanes(options: { most?: number; isEverybodys?: (error: unknown) => boolean } = {}) {
  const batches: [string, readonly string[]][] = [];
  const release: (() => void)[] = [];
  const it = new Lanes<string, string>({
    most: 10,
    ...options,
    async work(key, items) {
      batches.push([key, items]);
      await new Promise<void>((resolve) => release.push(resolve));
      if (items.some((item) => item.startsWith('bad'))) throw new Error('no');
      return items.map((item) => item.toUpperCase());
    },
  });
  /** Lets work end until there is none. */
  const drain = async () => {
    for (let next = release.shift(); next; next = release.shift()) {
      next();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { it, batches, drain };
}

describe('Lanes', () => {
  it('begins at once, and does together what came meanwhile, in order', async () => {
    const { it: of, batches, drain } = lanes();
    const results = ['a', 'b', 'c'].map((item) => of.do('run', item));
    await drain();
    expect(await Promise.all(results)).toEqual(['A', 'B', 'C']);
    expect(batches).toEqual([
      ['run', ['a']],
      ['run', ['b', 'c']],
    ]);
  });

  it('keeps lanes apart, and begins anew after one was empty', async () => {
    const { it: of, batches, drain } = lanes();
    const first = [of.do('one', 'a'), of.do('two', 'b')];
    await drain();
    await Promise.all(first);
    const second = of.do('one', 'c');
    await drain();
    expect(await second).toBe('C');
    expect(batches).toEqual([
      ['one', ['a']],
      ['two', ['b']],
      ['one', ['c']],
    ]);
  });

  it('takes no more at a time than it may', async () => {
    const { it: of, batches, drain } = lanes({ most: 2 });
    const results = ['a', 'b', 'c', 'd'].map((item) => of.do('run', item));
    await drain();
    await Promise.all(results);
    expect(batches.map(([, items]) => items)).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('lets what can not be done fail alone', async () => {
    const { it: of, batches, drain } = lanes();
    const results = ['a', 'b', 'bad', 'c'].map((item) => of.do('run', item));
    const settled = Promise.allSettled(results);
    await drain();
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(batches.map(([, items]) => items)).toEqual([['a'], ['b', 'bad', 'c'], ['b'], ['bad'], ['c']]);
  });

  it('stops trying one by one when it meets an error of everybody', async () => {
    const tried: (readonly string[])[] = [];
    const of = new Lanes<string, string>({
      most: 10,
      isEverybodys: (error) => (error as Error).message === 'away',
      async work(_key, items) {
        tried.push(items);
        await new Promise((resolve) => setImmediate(resolve));
        if (items.length > 1) throw new Error('no');
        if (items[0] === 'c') throw new Error('away');
        return [...items];
      },
    });
    const settled = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((item) => of.do('run', item)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(tried).toEqual([['a'], ['b', 'c', 'd', 'e'], ['b'], ['c']]);
  });

  it('does not try one by one what fails for everybody', async () => {
    const { it: of, batches, drain } = lanes({ isEverybodys: () => true });
    const results = ['a', 'b', 'bad'].map((item) => of.do('run', item));
    const settled = Promise.allSettled(results);
    await drain();
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(batches).toHaveLength(2);
  });
});
