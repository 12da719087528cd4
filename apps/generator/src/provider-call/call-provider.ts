import type { Failure, FailureCode, Usage } from '@planwright/contracts';
import { parseTaskDrafts, promptText } from '@planwright/contracts';
import type { GenerateRequest, Provider, ProviderEvent } from '@planwright/llm';
import { ProviderFailure } from '@planwright/llm';
import { CleanText } from './clean-text.js';
import type { CallLimits } from './watchdog.js';
import { Watchdog } from './watchdog.js';

/** How a call ended. A text is a `result` only if the provider said that it finished it; anything else is a `draft`. */
export type CallOutcome =
  | { kind: 'result'; content: string; model: string; usage: Usage | null }
  | { kind: 'failed'; failure: Failure; draft: string | null; usage: Usage | null }
  | { kind: 'stopped'; draft: string | null; usage: Usage | null };

export interface Call {
  provider: Provider;
  request: GenerateRequest;
  limits: CallLimits;
  /** Ends the call as `stopped`. */
  signal: AbortSignal;
  /** Every piece of clean text, in order. */
  onText(text: string): void;
  log: { error(fields: object, message: string): void };
}

/** Largest text, in bytes as JSON: with its envelope it must fit into a message of 256 KiB. */
const MAX_TEXT_BYTES = 250_000;

/**
 * Calls the provider once and reads its stream to the provider's own end mark. Both SDKs end a cut stream normally, so
 * the end of the iteration says nothing. Never throws; a provider that ignores its signal is left behind.
 */
export async function callProvider(call: Call): Promise<CallOutcome> {
  const { provider, request, limits, signal, onText } = call;
  const clean = new CleanText();
  const stop = new AbortController();
  const stopped = aborted(stop.signal);
  let content = '';
  let bytes = 0;
  let late: string | undefined;
  const watchdog = new Watchdog(limits, (detail) => {
    late = detail;
    stop.abort(new Error(detail));
  });
  const onStop = () => stop.abort(signal.reason);
  signal.addEventListener('abort', onStop, { once: true });
  if (signal.aborted) onStop();

  const draft = () => content || null;
  const spent = () => estimatedUsage(request, content);
  const failed = (failure: Failure, usage: Usage | null = spent()): CallOutcome => ({
    kind: 'failed',
    failure,
    draft: draft(),
    usage,
  });
  const fail = (code: FailureCode, detail: string, usage?: Usage | null) =>
    failed({ code, detail, resets_at: null }, usage);

  let events: AsyncIterator<ProviderEvent> | undefined;
  try {
    if (stop.signal.aborted) return { kind: 'stopped', draft: null, usage: null };
    events = provider.stream(request, stop.signal)[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([events.next(), stopped.promise]);
      if (next.done)
        return fail(
          'connection',
          `the stream ended after ${content.length} characters without the provider's end mark`,
        );
      const event = next.value;
      if (event.type === 'finished') return judge(request, event, content, fail);
      const text = clean.push(event.text);
      if (event.text !== '') watchdog.sawContent(event.text.length);
      if (text === '') continue;
      bytes += Buffer.byteLength(JSON.stringify(text));
      if (bytes > MAX_TEXT_BYTES) return fail('malformed', `the text grew beyond ${MAX_TEXT_BYTES} bytes`);
      content += text;
      onText(text);
    }
  } catch (error) {
    if (late !== undefined) return fail('timeout', late);
    if (signal.aborted) return { kind: 'stopped', draft: draft(), usage: spent() };
    if (error instanceof ProviderFailure) return failed(error.failure);
    call.log.error({ err: error, provider: provider.name, section: request.sectionId }, "a provider's client threw");
    return fail(
      'server_error',
      `the client of ${provider.name} failed unexpectedly (${error instanceof Error ? error.name : 'unknown error'})`,
    );
  } finally {
    watchdog.stop();
    signal.removeEventListener('abort', onStop);
    // Whoever is left behind stops, too; its answer interests nobody.
    stop.abort();
    void events?.return?.()?.catch(() => {});
  }
}

/** The provider ended: finish reason first, content second. */
function judge(
  request: GenerateRequest,
  end: Extract<ProviderEvent, { type: 'finished' }>,
  content: string,
  fail: (code: FailureCode, detail: string, usage: Usage | null) => CallOutcome,
): CallOutcome {
  const usage = end.usage ?? estimatedUsage(request, content);
  if (end.finish === 'length') {
    return fail(
      'truncated',
      `cut off at the output limit of ${request.maxOutputTokens} tokens after ${content.length} characters`,
      usage,
    );
  }
  if (end.finish === 'filtered')
    return fail('content_filtered', `${end.model} stopped after ${content.length} characters`, usage);
  if (content.trim() === '') return fail('malformed', `${end.model} finished without a text`, usage);
  if (request.output === 'tasks') {
    const parsed = parseTaskDrafts(content);
    if (!parsed.ok) return fail('malformed', parsed.detail.slice(0, 2000), usage);
  }
  return { kind: 'result', content, model: end.model, usage };
}

/** What a call that never reported its usage will have cost: four characters a token. Nothing before its first text. */
function estimatedUsage({ prompt }: GenerateRequest, content: string): Usage | null {
  if (content === '') return null;
  const input = promptText(prompt.system).length + promptText(prompt.user).length;
  return { input_tokens: Math.ceil(input / 4), output_tokens: Math.ceil(content.length / 4), estimated: true };
}

/** A promise that rejects when the signal aborts. */
function aborted(signal: AbortSignal): { promise: Promise<never> } {
  const promise = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  // It may reject after the race is over.
  promise.catch(() => {});
  return { promise };
}
