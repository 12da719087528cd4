import { runChannel } from '@planwright/contracts';
import fc from 'fast-check';
import type { LiveLog, SectionBody } from './index.js';
import { createInProcessLive, SectionStream } from './index.js';

const RUN = '0199f3a2-0000-7000-8000-000000000001';
const channel = runChannel(RUN);
const section = { run_id: RUN, document: 'prd', document_id: RUN, section_id: 's', attempt: 1 };
const quiet = { warn: () => undefined };
const retryMs = { min: 1, max: 2 };

/** What may go wrong with one append: nothing, it never arrived, its answer was lost, or the log was lost before it. */
const mishap = fc.constantFrom('none', 'none', 'none', 'unreached', 'unanswered', 'lost');

function troubled(live: LiveLog, mishaps: string[]): Pick<LiveLog, 'appendSection'> {
  return {
    async appendSection(...args) {
      const trouble = mishaps.shift() ?? 'none';
      if (trouble === 'lost') await live.expire(channel, 0);
      if (trouble === 'unreached') throw new Error('connection refused');
      const answer = await live.appendSection(...args);
      if (trouble === 'unanswered') throw new Error('command timed out');
      return answer;
    },
  };
}

async function textIn(live: LiveLog): Promise<string> {
  const { writing } = await live.snapshot(channel);
  return writing[0]?.content ?? '';
}

describe('a section stream', () => {
  it('ends with exactly the text, whatever happens to its appends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), fc.array(mishap), async (pieces, mishaps) => {
        const live = createInProcessLive();
        const stream = new SectionStream({ live: troubled(live, [...mishaps]), channel, section, log: quiet, retryMs });
        stream.start();
        for (const piece of pieces) {
          stream.write(piece);
          await Promise.resolve();
        }
        expect(await stream.finish(5_000)).toBe(true);
        expect(await textIn(live)).toBe(pieces.join(''));
        stream.close();
      }),
      { numRuns: 200 },
    );
  });

  it('never splits a surrogate pair, however the pieces are cut', async () => {
    const appended: SectionBody[] = [];
    const live = createInProcessLive();
    const spy: Pick<LiveLog, 'appendSection'> = {
      appendSection: (on, body, epoch) => {
        appended.push(body);
        return live.appendSection(on, body, epoch);
      },
    };
    const stream = new SectionStream({ live: spy, channel, section, log: quiet });
    for (const unit of 'a😀b🎉'.split('')) {
      stream.write(unit);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Longer than one chunk may be, with a pair across its end.
    stream.write(`${'x'.repeat(32_767)}😀${'y'.repeat(10)}`);
    await stream.finish(5_000);
    const contents = appended.flatMap((body) => (body.type === 'chunk' ? [body.content] : []));
    expect(contents.join('')).toBe(`a😀b🎉${'x'.repeat(32_767)}😀${'y'.repeat(10)}`);
    expect(contents.every((content) => content.isWellFormed())).toBe(true);
    expect(contents.slice(0, 4)).toEqual(['a', '😀', 'b', '🎉']);
    stream.close();
  });

  it('has one append on its way, and puts what arrives meanwhile into the next', async () => {
    const appended: SectionBody[] = [];
    let answer = (): void => undefined;
    const slow: Pick<LiveLog, 'appendSection'> = {
      appendSection: async (_, body) => {
        appended.push(body);
        await new Promise<void>((resolve) => (answer = resolve));
        return { status: 'ok', epoch: 'e', seq: appended.length };
      },
    };
    const stream = new SectionStream({ live: slow, channel, section, log: quiet });
    const step = async () => {
      answer();
      await new Promise((resolve) => setImmediate(resolve));
    };
    stream.write('one ');
    await step();
    stream.write('two ');
    stream.write('three');
    await step();
    await step();
    expect(appended.map((body) => (body.type === 'chunk' ? [body.offset, body.content] : body.type))).toEqual([
      'section_started',
      [0, 'one '],
      [4, 'two three'],
    ]);
    stream.close();
  });

  it('answers false when time is up, goes on trying, and stops when closed', async () => {
    let tries = 0;
    const down: Pick<LiveLog, 'appendSection'> = {
      appendSection: async () => {
        tries += 1;
        throw new Error('connection refused');
      },
    };
    const stream = new SectionStream({ live: down, channel, section, log: quiet, retryMs });
    stream.write('text');
    expect(await stream.finish(10)).toBe(false);
    const before = tries;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(tries).toBeGreaterThan(before);
    stream.close();
    await new Promise((resolve) => setImmediate(resolve));
    const after = tries;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(tries).toBe(after);
    expect(stream.fenced.aborted).toBe(false);
  });
});
