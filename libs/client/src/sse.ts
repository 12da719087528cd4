/** One server-sent event. `id` is the last id seen, which may be of an earlier event. */
export interface ServerSentEvent {
  event: string;
  data: string;
  id: string;
}

/** Splits bytes into server-sent events (WHATWG HTML, "event stream interpretation"). */
export async function* parseEventStream(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let buffer = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  for await (const some of bytes) {
    buffer += decoder.decode(some, { stream: true });
    // A lone CR at the end may be half of a CRLF.
    const lines = buffer.split(/\r\n|\n|\r(?!$)/);
    buffer = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event: event || 'message', data: data.join('\n'), id };
        event = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      const field = colon < 0 ? line : line.slice(0, colon);
      const content = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') data.push(content);
      else if (field === 'event') event = content;
      else if (field === 'id' && !content.includes('\0')) id = content;
    }
  }
}
