import type {
  Failure,
  FailureCode,
  GenerateRequest,
  Provider,
  ProviderEvent,
  Refusal,
  SeenLimit,
  TextWarning,
  Usage,
} from '@planwright/contracts';
import { parseTaskDrafts, plainUsage, promptText, ProviderFailure } from '@planwright/contracts';
import { AnswerFilter } from '@planwright/lint';
import { checkText } from './check-text.js';
import type { TextCheck } from './check-text.js';
import { CleanText } from './clean-text.js';
import type { CallLimits } from './watchdog.js';
import { Watchdog } from './watchdog.js';

/** How a call ended. A text is a `result` only if the provider said that it finished it; anything else is a `draft`. */
export type CallOutcome = CallEnd & { usage: Usage | null; requestId: string | null };
type CallEnd =
  | { kind: 'result'; content: string; model: string; warnings: readonly TextWarning[] }
  /** `refusal`: what the provider said, where it was the provider that failed it. */
  | { kind: 'failed'; failure: Failure; draft: string | null; refusal: Refusal | null }
  | { kind: 'stopped'; draft: string | null };

export interface Call {
  provider: Provider;
  request: GenerateRequest;
  limits: CallLimits;
  /** What the finished text is held against; null: it is only asked for a text, or a list that parses. */
  check: TextCheck | null;
  /** Ends the call as `stopped`. */
  signal: AbortSignal;
  /** The provider took the request; what it says of its limits. */
  onAccepted?(limits: readonly SeenLimit[]): void;
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
  const filter = new AnswerFilter({ title: request.title, output: request.output });
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

  let requestId: string | null = null;
  let wasAccepted = false;
  let reported: Usage | null = null;
  /** What was taken for a possible beginning, or end, of something else is shown before the call is judged. */
  const draft = () => {
    write(filter.end());
    return content || null;
  };
  const write = (text: string) => {
    if (text === '') return;
    content += text;
    onText(text);
  };
  /** Who took the request reads it, and counts it: what it reported, and what is known to have come on top. */
  const spent = (): Usage | null => {
    if (!wasAccepted && content === '' && !reported) return null;
    const estimated = estimatedUsage(request, content);
    if (!reported) return estimated;
    if (reported.output_tokens >= estimated.output_tokens) return reported;
    return { ...reported, output_tokens: estimated.output_tokens, estimated: true };
  };
  const end = (ending: CallEnd, usage: Usage | null = spent()): CallOutcome => ({ ...ending, usage, requestId });
  const fail = (code: FailureCode, detail: string, usage?: Usage | null) =>
    end({ kind: 'failed', failure: { code, detail, resets_at: null }, draft: draft(), refusal: null }, usage);

  let events: AsyncIterator<ProviderEvent> | undefined;
  try {
    if (stop.signal.aborted) return end({ kind: 'stopped', draft: null });
    events = provider.stream(request, stop.signal)[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([events.next(), stopped.promise]);
      if (next.done)
        return fail(
          'connection',
          `the stream ended after ${content.length} characters without the provider's end mark`,
        );
      const event = next.value;
      if (event.type === 'finished') {
        write(filter.end());
        const usage = event.usage ?? estimatedUsage(request, content);
        const wrong = judge(request, event, content);
        if (wrong) return fail(wrong.code, wrong.detail, usage);
        const checked = call.check ? checkText(request, call.check, content) : { ok: true as const, warnings: [] };
        if (!checked.ok) return fail(checked.code, checked.detail, usage);
        return end({ kind: 'result', content, model: event.model, warnings: checked.warnings }, usage);
      }
      if (event.type === 'accepted') {
        wasAccepted = true;
        requestId = event.requestId;
        watchdog.sawHeaders();
        call.onAccepted?.(event.limits);
        continue;
      }
      if (event.type === 'usage') {
        reported = event.usage;
        continue;
      }
      const text = clean.push(event.text);
      if (event.text !== '') watchdog.sawContent(event.text.length);
      if (text === '') continue;
      bytes += Buffer.byteLength(JSON.stringify(text));
      if (bytes > MAX_TEXT_BYTES) return fail('malformed', `the text grew beyond ${MAX_TEXT_BYTES} bytes`);
      write(filter.push(text));
    }
  } catch (error) {
    if (late !== undefined) return fail('timeout', late);
    if (signal.aborted) return end({ kind: 'stopped', draft: draft() });
    if (error instanceof ProviderFailure) {
      const { failure, refusal } = error;
      requestId = refusal.requestId ?? requestId;
      reported = refusal.usage ?? reported;
      return end({ kind: 'failed', failure, draft: draft(), refusal });
    }
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

/** The provider ended: finish reason first, content second. What is wrong with it; undefined where nothing is. */
function judge(
  request: GenerateRequest,
  end: Extract<ProviderEvent, { type: 'finished' }>,
  content: string,
): { code: FailureCode; detail: string } | undefined {
  const wrong = (code: FailureCode, detail: string) => ({ code, detail: detail.slice(0, 2000) });
  if (end.finish === 'length') {
    const limit = request.maxOutputTokens;
    return wrong('truncated', `cut off at the output limit of ${limit} tokens after ${content.length} characters`);
  }
  if (end.finish === 'filtered') {
    const why = end.detail ? `: ${end.detail}` : '';
    return wrong('content_filtered', `${end.model} stopped after ${content.length} characters${why}`);
  }
  if (content.trim() === '') return wrong('malformed', `${end.model} finished without a text`);
  if (request.output !== 'tasks') return undefined;
  const parsed = parseTaskDrafts(content);
  return parsed.ok ? undefined : wrong('malformed', parsed.detail);
}

/** What a call that never reported its usage will have cost: four characters a token. */
function estimatedUsage({ prompt }: GenerateRequest, content: string): Usage {
  const input = promptText(prompt.system).length + promptText(prompt.user).length;
  return plainUsage(Math.ceil(input / 4), Math.ceil(content.length / 4), true);
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
