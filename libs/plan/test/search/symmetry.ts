import type { RunState, StepState } from '../../src/state.js';
import { as, attemptOf, item, keyOf, kindOf, stepOf, type System } from './items.js';
import type { Runs } from './runs.js';

/**
 * Sections that differ in nothing but their name: written side by side, made from and used for the same. The machine
 * treats them alike, so of states that differ in nothing but which of them is which one is enough.
 */
export class Symmetry {
  /** Step numbers. */
  private readonly groups: readonly (readonly number[])[];
  private readonly renamed = new Map<string, number>();

  constructor(private readonly runs: Runs) {
    this.groups = groupsOf(runs.initial);
  }

  /** The one state that stands for all that are alike. */
  canonical(system: System): System {
    let order: number[] | null = null;
    for (const group of this.groups) {
      if (!group.some((step, i) => i > 0 && this.compare(system, group[i - 1] ?? step, step) > 0)) continue;
      const sorted = group.toSorted((a, b) => this.compare(system, a, b));
      order ??= Array.from({ length: this.runs.steps }, (_, i) => i);
      for (const [i, place] of group.entries()) order[place] = sorted[i] ?? place;
    }
    return order === null ? system : this.rename(system, order);
  }

  /** Any order does, as long as it goes by all there is about a step but its number. */
  private compare({ run, admitted, items }: System, a: number, b: number): number {
    const kinds = this.runs.stepKind(run, a) - this.runs.stepKind(run, b);
    const first = kinds || ((admitted >> a) & 1) - ((admitted >> b) & 1);
    if (first !== 0) return first;
    let [i, j] = [0, 0];
    for (;;) {
      while (i < items.length && stepOf(items[i] ?? 0) !== a) i++;
      while (j < items.length && stepOf(items[j] ?? 0) !== b) j++;
      if (i === items.length || j === items.length) return j - i;
      const difference =
        as(kindOf(items[i] ?? 0), attemptOf(items[i++] ?? 0)) - as(kindOf(items[j] ?? 0), attemptOf(items[j++] ?? 0));
      if (difference !== 0) return difference;
    }
  }

  /** `order`: which step takes the place of each. */
  private rename({ run, admitted, faults, items }: System, order: readonly number[]): System {
    const places = order.map((_, step) => order.indexOf(step));
    const moved = items.map((code) => item(kindOf(code), places[stepOf(code)] ?? 0, attemptOf(code)));
    const mask = order.reduce((bits, step, place) => bits | (((admitted >> step) & 1) << place), 0);
    return { run: this.renameRun(run, order), admitted: mask, faults, items: moved.sort((a, b) => a - b) };
  }

  private renameRun(run: number, order: readonly number[]): number {
    const key = keyOf({ run, admitted: 0, faults: 0, items: order });
    const known = this.renamed.get(key);
    if (known !== undefined) return known;
    const state = this.runs.state(run);
    const steps = state.documents.flatMap((document) => document.steps);
    let next = 0;
    const place = (own: StepState): StepState => {
      const source = steps[order[next++] ?? 0] ?? own;
      return { ...source, stepId: own.stepId, sectionId: own.sectionId };
    };
    const documents = state.documents.map((document) => ({ ...document, steps: document.steps.map(place) }));
    const number = this.runs.numberOf({ ...state, documents });
    this.renamed.set(key, number);
    return number;
  }
}

function groupsOf({ documents }: RunState): number[][] {
  const groups = new Map<string, number[]>();
  let number = 0;
  for (const { kind, blueprint, steps } of documents) {
    const usedBy = (id: string) =>
      blueprint.sections.filter(({ uses }) => uses.includes(id)).map((section) => section.id);
    for (const { sectionId, stage } of steps) {
      const uses = blueprint.sections.find(({ id }) => id === sectionId)?.uses ?? [];
      const isParallel = blueprint.stages.some((own) => own.number === stage && own.mode === 'parallel');
      const key = JSON.stringify([kind, stage, uses, usedBy(sectionId), isParallel ? '' : sectionId]);
      groups.set(key, [...(groups.get(key) ?? []), number++]);
    }
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}
