import { setImmediate, setTimeout } from 'node:timers/promises';
import type { GenerateRequest, Provider, ProviderEvent } from '@planwright/contracts';
import { plainUsage, promptText } from '@planwright/contracts';
import { readBrief } from './brief.js';
import { wordChunks } from './chunks.js';
import { writeSection } from './section-writers.js';
import { writeTasks } from './tasks.js';

/** Pieces between two turns of the event loop when no time is set, so that an abort and other work get through. */
const PIECES_PER_TURN = 8;

/**
 * Writes plausible text from the prompt's own data, without a network: the same prompt gives the same bytes. It streams
 * like a model and says in its first line that it is a placeholder. For trying Planwright out, and for its tests.
 */
export function createOfflineProvider(timing: { firstChunkMs: number; chunkMs: number }): Provider {
  return {
    name: 'offline',
    async *stream(request, signal): AsyncGenerator<ProviderEvent> {
      signal.throwIfAborted();
      // First the wait: sections that begin together all begin before one of them takes its share of the processor.
      await pause(timing.firstChunkMs, signal);
      const text = writeOffline(request);
      let pieces = 0;
      for (const piece of wordChunks(text)) {
        if (pieces > 0 && (timing.chunkMs > 0 || pieces % PIECES_PER_TURN === 0)) await pause(timing.chunkMs, signal);
        pieces++;
        yield { type: 'content', text: piece };
        signal.throwIfAborted();
      }
      const input = promptText(request.prompt.system).length + promptText(request.prompt.user).length;
      const usage = plainUsage(tokens(input), tokens(text.length), true);
      yield { type: 'finished', finish: 'stop', usage, model: request.model };
    },
  };
}

/** The whole text for a request. */
export function writeOffline(request: GenerateRequest): string {
  const brief = readBrief(request.prompt);
  return request.output === 'tasks' ? writeTasks(brief, request.maxOutputTokens * 4) : writeSection(brief, request);
}

/** Four characters a token: rough, and marked as an estimate wherever it is shown. */
function tokens(length: number): number {
  return Math.ceil(length / 4);
}

/** Rejects at once when the signal aborts; leaves no listener on it. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await (ms > 0 ? setTimeout(ms, undefined, { signal }) : setImmediate(undefined, { signal }));
}
