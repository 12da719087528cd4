import { blueprintProblems, sectionsBefore } from '@planwright/contracts';
import type { Blueprint } from '@planwright/contracts';
import type { RunState } from '../src/state.js';
import { blueprintOf, openRun } from './example-run.js';

/** A document in numbers, as a property test draws them. */
export interface DocumentSeed {
  /** Per section the mask of the earlier ones it uses. */
  stages: { parallel: boolean; seconds: number; sections: number[] }[];
  /** Bit i carries the i-th section over, bit 4 + i leaves it unwritten. */
  kept: number;
}

/** A queued run of these documents, `d0`, `d1`, …, in chain order. */
export function runFrom(seeds: readonly DocumentSeed[], cachesPrefix = false): RunState {
  const blueprints = seeds.map(({ stages }, i) => randomBlueprint(`d${i}`, stages));
  const carried: Record<string, string[]> = {};
  const write: Record<string, string[]> = {};
  seeds.forEach(({ kept }, i) => {
    const ids = blueprints[i]?.sections.map(({ id }) => id) ?? [];
    const own = ids.filter((_, bit) => kept & (1 << bit));
    carried[`d${i}`] = own;
    write[`d${i}`] = ids.filter((id, bit) => !own.includes(id) && !(kept & (16 << bit)));
  });
  return openRun(blueprints, { carried, write, cachesPrefix });
}

function randomBlueprint(document: string, stages: DocumentSeed['stages']): Blueprint {
  let number = 0;
  const sketches = stages.map(({ parallel, seconds, sections }) => {
    const named = sections.map((mask): [string, number] => [`${document}_s${number++}`, mask]);
    return { mode: parallel ? ('parallel' as const) : ('sequential' as const), seconds, named };
  });
  const bare = blueprintOf(
    document,
    sketches.map(({ mode, seconds, named }) => ({
      mode,
      seconds,
      sections: Object.fromEntries(named.map(([id]) => [id, []])),
    })),
  );
  const masks = new Map(sketches.flatMap(({ named }) => named));
  for (const section of bare.sections) {
    section.uses = sectionsBefore(bare, section.id).filter((_, bit) => (masks.get(section.id) ?? 0) & (1 << bit));
  }
  const problems = blueprintProblems(bare);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
  return bare;
}
