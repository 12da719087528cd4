/** Fields of one server-sent event. */
export type EventMessage = Readonly<Partial<Record<string, string>>>;

/** Reads server-sent events until the stream ends or breaks. */
export async function* readMessages(body: ReadableStream<Uint8Array>): AsyncGenerator<EventMessage> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) yield fieldsOf(message);
  }
}

function fieldsOf(message: string): EventMessage {
  const lines = message.split('\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return Object.fromEntries(lines);
}
