import fc from 'fast-check';
import { parseEventStream } from './sse.js';
import type { ServerSentEvent } from './sse.js';

async function parse(...chunks: Uint8Array[]): Promise<ServerSentEvent[]> {
  async function* source() {
    yield* chunks;
  }
  const events: ServerSentEvent[] = [];
  for await (const event of parseEventStream(source())) events.push(event);
  return events;
}
const bytes = (text: string) => new TextEncoder().encode(text);

it.each([
  ['a plain event', 'data: a\n\n', [{ event: 'message', data: 'a', id: '' }]],
  [
    'name, id and two lines of data',
    'id: e:1\nevent: chunk\ndata: a\ndata: b\n\n',
    [{ event: 'chunk', data: 'a\nb', id: 'e:1' }],
  ],
  [
    'CRLF and CR',
    'data: a\r\n\r\ndata: b\r\rdata: c\n\n',
    ['a', 'b', 'c'].map((data) => ({ event: 'message', data, id: '' })),
  ],
  ['comments and unknown fields', ': hi\nretry: 10\ndata:x\n\n', [{ event: 'message', data: 'x', id: '' }]],
  ['an event without data', 'event: ping\n\n', []],
  ['an event cut off by the end', 'data: a\n\ndata: b\n', [{ event: 'message', data: 'a', id: '' }]],
])('reads %s', async (_what, text, events) => {
  expect(await parse(bytes(text))).toEqual(events);
});

it('reads the same however the bytes are cut, characters included', async () => {
  const text = 'id: k:7\r\nevent: chunk\r\ndata: {"t":"naïve 👩‍🚀"}\r\n\r\nid: k:8\ndata: é\n\n';
  const whole = await parse(bytes(text));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes(text).length), { maxLength: 12 }), async (cuts) => {
      const all = bytes(text);
      const at = [0, ...cuts.sort((a, b) => a - b), all.length];
      const pieces = at.slice(1).map((end, i) => all.slice(at[i], end));
      expect(await parse(...pieces)).toEqual(whole);
    }),
  );
});
