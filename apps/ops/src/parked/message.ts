import { createHash } from 'node:crypto';
import { uuid } from '@planwright/contracts';
import type { ParkedMessage } from '@planwright/messaging';
import { manyLines, oneLine, table } from '../text.js';

/** What an operator gets of a parked message as JSON. */
export function messageJson({ body, ...parked }: ParkedMessage) {
  const value = jsonOf(body);
  return {
    ...parked,
    workspace_id: workspaceOf(body),
    bytes: body.byteLength,
    sha256: sha256Of(body),
    // A body that is no JSON is shown as it is, byte by byte where it is no text.
    body: value === undefined ? (textOf(body) ?? Buffer.from(body).toString('hex')) : value,
  };
}

/** The list that a person reads. */
export function messageTable(messages: readonly ParkedMessage[]): string[] {
  const rows = messages.map(({ handle, queue, name, parkedAt, reason }) =>
    [handle, parkedAt ?? '–', queue ?? '–', name ?? '–', reason].map((cell) => oneLine(cell, 160)),
  );
  return table([['message', 'parked at', 'from', 'name', 'reason'], ...rows]);
}

/** One message with everything there is of it. */
export function messageText(parked: ParkedMessage): string {
  const { handle, name, queue, reason, parkedAt, body } = parked;
  const facts = table([
    ['message', handle],
    ['name', name ?? '–'],
    ['from', queue ?? '–'],
    ['parked at', parkedAt ?? '–'],
    ['workspace', workspaceOf(body) ?? '–'],
    ['reason', oneLine(reason)],
    ['body', `${body.byteLength} bytes, sha256 ${sha256Of(body)}`],
  ]);
  const value = jsonOf(body);
  const shown =
    value === undefined ? (textOf(body) ?? Buffer.from(body).toString('hex')) : JSON.stringify(value, null, 2);
  return `${facts.map((line) => manyLines(line)).join('\n')}\n\n${manyLines(shown)}\n`;
}

/** The workspace a message says it is of, or null where that can't be read. */
export function workspaceOf(body: Uint8Array): string | null {
  const value = jsonOf(body);
  if (typeof value !== 'object' || value === null || !('workspace_id' in value)) return null;
  return uuid.safeParse(value.workspace_id).data ?? null;
}

export function sha256Of(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

function jsonOf(body: Uint8Array): unknown {
  const text = textOf(body);
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}
