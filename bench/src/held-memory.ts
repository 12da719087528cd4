import { randomUUID } from 'node:crypto';
import type { AppProcess } from '@planwright/e2e/app-process';

/** Preloaded into a process, it makes `heldMemory` possible. */
export const MEMORY_PROBE = new URL('./memory-probe.js', import.meta.url).href;

export interface HeldMemory {
  /** What is in use: objects and buffers. */
  heldKib: number;
  /** What the process has in RAM, code and the allocators' slack included. */
  residentKib: number;
}

/**
 * Memory of a process without its garbage. How much of that lies around, and how large the heap was made for it, depends
 * on the moment and on what else the machine does: of a few thousand connections it is as much as they need themselves.
 */
export async function heldMemory(app: AppProcess): Promise<HeldMemory> {
  const answer = randomUUID();
  app.send({ type: 'collect', answer });
  const { heldBytes, residentBytes } = await app.said(answer);
  return { heldKib: Number(heldBytes) / 1_024, residentKib: Number(residentBytes) / 1_024 };
}
