import { setImmediate, setTimeout } from 'node:timers/promises';
import type { GenerateRequest, Provider, ProviderEvent } from '@planwright/contracts';
import { plainUsage, promptText, ProviderFailure } from '@planwright/contracts';
import type { ParsedScript, Script, ScriptedCall } from './script.js';
import { script, scripts } from './script.js';

/**
 * Stands in for a model provider: says per section what a test wants to hear, slowly, cut off or never. What is not
 * scripted gets a short finished text.
 */
export class ScriptedProvider implements Provider {
  readonly calls: ScriptedCall[] = [];
  private readonly plans = new Map<string, ParsedScript[]>();
  private readonly held = new Map<string, Set<() => void>>();

  constructor(readonly name = 'scripted') {}

  /** Says what the next calls for a section get; the last script stays. */
  script(sectionId: string, ...plan: Script[]): void {
    this.plans.set(sectionId, scripts.parse(plan));
  }

  /** Lets the calls that are held for a section (state `held`) go on. Those made later are held anew. */
  release(sectionId: string): void {
    for (const go of this.held.get(sectionId) ?? []) go();
  }

  /** Forgets scripts and calls; open calls go on as they were. */
  reset(): void {
    this.plans.clear();
    this.calls.length = 0;
  }

  async *stream(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<ProviderEvent> {
    const plan = this.nextPlan(request.sectionId);
    const call = this.record(request);
    try {
      const all = plan.chunks ?? (plan.text === undefined ? piecesOf(request) : wordsOf(plan.text));
      const pieces = all.slice(0, plan.pieces ?? all.length);
      if (plan.accepts) yield { type: 'accepted', limits: [], requestId: null };
      await this.wait(plan.firstDelayMs, signal);
      for (const [i, text] of pieces.entries()) {
        if (plan.holdAfter === i) await this.hold(call, signal);
        if (i > 0) await this.wait(plan.delayMs, signal);
        call.pieces++;
        call.firstPieceAt ??= Date.now();
        yield { type: 'content', text };
        signal.throwIfAborted();
      }
      if (plan.holdAfter !== undefined && plan.holdAfter >= pieces.length) await this.hold(call, signal);
      yield* this.end(plan, request, pieces.join('').length, signal);
      call.state = 'ended';
    } catch (error) {
      call.state = signal.aborted ? 'aborted' : 'ended';
      throw error;
    } finally {
      // A reader that leaves while a piece is on its way closed the connection, too.
      if (call.state === 'open' || call.state === 'held') call.state = signal.aborted ? 'aborted' : 'ended';
    }
  }

  private async *end(
    plan: ParsedScript,
    request: GenerateRequest,
    length: number,
    signal: AbortSignal,
  ): AsyncGenerator<ProviderEvent> {
    const { end } = plan;
    if (typeof end === 'object') throw new ProviderFailure(end.code, end.detail, end.resets_at);
    if (end === 'throw') throw new TypeError('scripted bug');
    if (end === 'silence') return;
    if (end === 'hang') await new Promise<never>((_, reject) => onAbort(signal, reject));
    else {
      const usage = plainUsage(100, Math.ceil(length / 4), false);
      yield { type: 'finished', finish: end, usage, model: request.model };
    }
  }

  private nextPlan(sectionId: string): ParsedScript {
    const plan = this.plans.get(sectionId);
    return (plan && plan.length > 1 ? plan.shift() : plan?.[0]) ?? script.parse({});
  }

  private record(request: GenerateRequest): ScriptedCall {
    const { sectionId, document, model, prompt, repair } = request;
    const call: ScriptedCall = {
      number: this.calls.length + 1,
      sectionId,
      document,
      model,
      system: promptText(prompt.system),
      user: promptText(prompt.user),
      repair,
      pieces: 0,
      firstPieceAt: null,
      state: 'open',
    };
    this.calls.push(call);
    return call;
  }

  private async hold(call: ScriptedCall, signal: AbortSignal): Promise<void> {
    const waiting = this.held.get(call.sectionId) ?? new Set();
    this.held.set(call.sectionId, waiting);
    call.state = 'held';
    let go: () => void = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        go = resolve;
        waiting.add(go);
        onAbort(signal, reject);
      });
      call.state = 'open';
    } finally {
      waiting.delete(go);
    }
  }

  private async wait(ms: number, signal: AbortSignal): Promise<void> {
    await (ms > 0 ? setTimeout(ms, undefined, { signal }) : setImmediate(undefined, { signal }));
  }
}

function onAbort(signal: AbortSignal, reject: (reason: unknown) => void): void {
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
}

const wordsOf = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];

/** What makes a text of one long enough for any built-in section. */
const REST =
  ' It goes on for as long as a section has to be at least, so that nobody takes it for a stub: who reads it learns' +
  ' that the call was made, that it was this one, and that all of its text arrived. There is nothing else to learn' +
  ' from it, and that is all it is for.';

/** What a section gets that nobody scripted: one sentence that names it, and some more. */
export function scriptedText({
  sectionId,
  title,
  document,
}: Pick<GenerateRequest, 'sectionId' | 'title' | 'document'>) {
  return `Text of ${sectionId}, the section ${title} of ${document}, as the scripted provider writes it.${REST}`;
}

/** The first sentence word by word, the rest at once. */
function piecesOf(request: GenerateRequest): string[] {
  if (request.output === 'tasks') return wordsOf(taskListOf(request));
  return [...wordsOf(scriptedText(request).slice(0, -REST.length)), REST];
}

function taskListOf({ sectionId }: GenerateRequest): string {
  const task = (ref: string, dependencies: string[]) => ({
    ref,
    title: `Task ${ref} of ${sectionId}`,
    description: 'As the scripted provider writes it.',
    acceptance_criteria: ['Given a script, when it runs, then this is here.'],
    type: 'feature',
    priority: 'medium',
    estimate: 3,
    labels: ['api'],
    dependencies,
    requirements: [],
  });
  return JSON.stringify({ tasks: [task('T1', []), task('T2', ['T1']), task('T3', ['T1'])] });
}
