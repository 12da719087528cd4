import { once } from 'node:events';
import type { LiveEvent, RunLiveEvent, ServerFrame } from '@planwright/contracts';
import { LIVE_SUBPROTOCOL } from '@planwright/contracts';
import type { RunView } from '@planwright/contracts/live';
import { emptyRunView, isGap, reduceRun } from '@planwright/contracts/live';
import { WebSocket } from 'ws';

export interface From {
  epoch: string;
  after: number;
}

/** A follower as a test sees it, whatever the transport. */
export interface Client {
  /** Everything that was told, in order; a reset shows as its type. */
  readonly told: (LiveEvent | { type: 'reset'; epoch: string; seq: number })[];
  /** How it was refused, if it was. */
  readonly refused: { code: string } | null;
  /** The transport said that there is nothing more: the run is over. Not every transport says so. */
  readonly closed: boolean;
  view(): RunView;
  until(condition: (client: Client) => boolean): Promise<void>;
  close(): Promise<void>;
}

export interface Transport {
  name: string;
  /** Chunks that wait together come as one. */
  merges: boolean;
  /** `view`: what the follower knows already of a run, from an earlier connection. */
  follow(url: string, channel: string, from?: From, view?: RunView): Promise<Client>;
}

/** Where a channel is followed over HTTP. */
function eventsUrl(url: string, channel: string): string {
  const [of, id, features] = channel.split('.');
  return `${url}/v1/${of}s/${id}${features === undefined ? '' : '/features'}/events`;
}

class Recorder {
  readonly told: Client['told'] = [];
  refused: Client['refused'] = null;
  closed = false;

  constructor(private seen: RunView = emptyRunView()) {}

  view(): RunView {
    return this.seen;
  }

  tell(event: Client['told'][number]): void {
    this.told.push(event);
    if (event.type === 'reset') this.seen = { ...this.seen, epoch: null, seq: 0 };
    if (event.type === 'reset' || !event.channel.startsWith('run.')) return;
    if (isGap(this.seen, event) && this.seen.seq > 0) throw new Error(`gap before ${event.seq}`);
    this.seen = reduceRun(this.seen, event as RunLiveEvent);
  }

  async until(condition: (client: never) => boolean): Promise<void> {
    const limit = performance.now() + 8_000;
    while (!condition(this as never)) {
      if (performance.now() > limit)
        throw new Error(`did not happen; told so far: ${JSON.stringify(this.told).slice(0, 2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

/** A socket with everything it was sent. */
export class FrameSocket extends WebSocket {
  readonly frames: ServerFrame[] = [];

  constructor(url: string, options: object = {}, protocols: string[] = [LIVE_SUBPROTOCOL]) {
    super(`${url.replace('http', 'ws')}/v1/live`, protocols, options);
    this.on('error', () => undefined);
    this.on('message', (data: Buffer) => this.frames.push(JSON.parse(data.toString()) as ServerFrame));
  }

  async opened(): Promise<this> {
    await once(this, 'open');
    return this;
  }

  say(frame: object): void {
    this.send(JSON.stringify(frame));
  }

  async frame<T extends ServerFrame['type']>(type: T, nth = 0): Promise<Extract<ServerFrame, { type: T }>> {
    const limit = performance.now() + 8_000;
    for (;;) {
      const found = this.frames.filter((frame) => frame.type === type)[nth];
      if (found) return found as Extract<ServerFrame, { type: T }>;
      if (performance.now() > limit)
        throw new Error(`no ${type}; frames: ${JSON.stringify(this.frames).slice(0, 2_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

const webSocket: Transport = {
  name: 'WebSocket',
  merges: true,
  async follow(url, channel, from, view) {
    const socket = await new FrameSocket(url).opened();
    const recorder = new Recorder(view);
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (frame.type === 'events') for (const event of frame.events) recorder.tell(event);
      if (frame.type === 'reset') recorder.tell(frame);
      if (frame.type === 'error') recorder.refused = { code: frame.code };
    });
    socket.say({ type: 'subscribe', channel, ...from });
    return Object.assign(recorder, {
      close: async () => {
        if (socket.readyState === socket.CLOSED) return;
        socket.terminate();
        await once(socket, 'close');
      },
    });
  },
};

const eventStream: Transport = {
  name: 'event stream',
  merges: true,
  async follow(url, channel, from, view) {
    const end = new AbortController();
    const recorder = new Recorder(view);
    const response = await fetch(eventsUrl(url, channel), {
      headers: { accept: 'text/event-stream', ...(from ? { 'last-event-id': `${from.epoch}:${from.after}` } : {}) },
      signal: end.signal,
    });
    if (response.status === 204) recorder.closed = true;
    else if (!response.ok) recorder.refused = { code: ((await response.json()) as { code: string }).code };
    else {
      void readMessages(response, ({ id, event, data }) => {
        if (event === 'reset')
          recorder.tell({ ...(JSON.parse(data) as { epoch: string; seq: number }), type: 'reset' });
        if (id === '') return;
        const value = JSON.parse(data) as LiveEvent;
        expect([id, event]).toEqual([`${value.epoch}:${value.seq}`, value.type]);
        recorder.tell(value);
      }).then(
        () => (recorder.closed = true),
        () => undefined,
      );
    }
    return Object.assign(recorder, { close: async () => end.abort() });
  },
};

/** Asks for page after page, each of which waits for something new. */
const pages: Transport = {
  name: 'pages',
  merges: false,
  async follow(url, channel, from, view) {
    const end = new AbortController();
    const recorder = new Recorder(view);
    let position = from;
    const ask = async () => {
      const query = new URLSearchParams({ wait: '5', ...(position && { ...position, after: String(position.after) }) });
      const response = await fetch(`${eventsUrl(url, channel)}?${query}`, { signal: end.signal });
      if (!response.ok) {
        recorder.refused = { code: ((await response.json()) as { code: string }).code };
        return end.abort();
      }
      const { epoch, seq, reset, events } = (await response.json()) as EventsPage;
      if (reset) recorder.tell({ type: 'reset', epoch, seq });
      for (const event of events) recorder.tell(event);
      position = { epoch, after: events.at(-1)?.seq ?? (reset ? 0 : (position?.after ?? 0)) };
      // A page that did not wait, and is empty, is of a run that has ended.
      if (events.length === 0 && !reset && recorder.view().ended) {
        recorder.closed = true;
        end.abort();
      }
    };
    void (async () => {
      while (!end.signal.aborted) await ask();
    })().catch(() => undefined);
    return Object.assign(recorder, { close: async () => end.abort() });
  },
};
interface EventsPage {
  epoch: string;
  seq: number;
  reset: boolean;
  events: LiveEvent[];
}

/** Reads server-sent events until the stream ends. */
export async function readMessages(
  response: Response,
  onMessage: (message: { id: string; event: string; data: string }) => void,
): Promise<void> {
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const message = { id: '', event: '', data: '' };
      for (const line of text.slice(0, end).split('\n')) {
        const [, field, value] = /^(id|event|data): (.*)$/.exec(line) ?? [];
        if (field !== undefined) message[field as keyof typeof message] = value ?? '';
      }
      text = text.slice(end + 2);
      if (message.event !== '') onMessage(message);
    }
  }
}

export const TRANSPORTS: readonly Transport[] = [webSocket, eventStream, pages];
