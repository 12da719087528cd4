import type { ClientFrame, LiveEvent, ServerFrame } from '@planwright/contracts';
import { clientFrame, fieldErrors } from '@planwright/contracts';
import type { Batch } from '../feed/channel-feed.js';
import { merge } from '../feed/merge.js';
import { textFrame } from './text-frame.js';

/** Largest frame a client may send, in bytes; `ws` closes with 1009 beyond it. */
export const MAX_CLIENT_FRAME_BYTES = 64 * 1024;
/** An `events` frame is closed when it has grown to this many characters; a single event may be longer. */
const FULL_FRAME = 64 * 1024;

export type ReadFrame = { ok: true; frame: ClientFrame } | { ok: false; reason: string };

/** A frame as it came; what is wrong with it names the field. */
export function readFrame(data: string, isBinary: boolean): ReadFrame {
  if (isBinary) return { ok: false, reason: 'frames are JSON texts, not binary' };
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { ok: false, reason: 'the frame is not JSON' };
  }
  const parsed = clientFrame.safeParse(value);
  if (parsed.success) return { ok: true, frame: parsed.data };
  const errors = fieldErrors(parsed.error.issues).map(({ pointer, message }) => `${pointer} ${message}`);
  return { ok: false, reason: errors.join('; ').slice(0, 500) };
}

export const encode = (frame: ServerFrame): string => JSON.stringify(frame);

const whole = new WeakMap<Batch, Buffer[]>();
const shortened = new WeakMap<Batch, Buffer[]>();

/**
 * The frames of a batch, made once for all followers that are sent it. Who lags gets the text of sections that are
 * complete by now once, and not in pieces before.
 */
export function eventFrames(channel: string, batch: Batch, lagging: boolean): readonly Buffer[] {
  const made = lagging ? shortened : whole;
  let frames = made.get(batch);
  if (!frames) {
    frames = framesOf(channel, merge(batch.events, { snapshots: lagging })).map(textFrame);
    made.set(batch, frames);
  }
  return frames;
}

function framesOf(channel: string, events: readonly LiveEvent[]): string[] {
  const head = `{"type":"events","channel":${JSON.stringify(channel)},"events":[`;
  const frames: string[] = [];
  let texts: string[] = [];
  let size = 0;
  const flush = () => {
    if (texts.length > 0) frames.push(`${head}${texts.join(',')}]}`);
    texts = [];
    size = 0;
  };
  for (const event of events) {
    const text = JSON.stringify(event);
    texts.push(text);
    size += text.length;
    if (size >= FULL_FRAME) flush();
  }
  flush();
  return frames;
}
