import fc from 'fast-check';
import type { ModelPlan } from '../../test/random-plan.js';
import { blueprints, inputsNow, knownOf, presentOf } from '../../test/random-plan.js';
import type { RegenerationRequest } from './plan-regeneration.js';
import { planRegeneration } from './plan-regeneration.js';
import type { SectionLineage } from './staleness.js';
import { affectedBy, staleSections } from './staleness.js';

const NOTHING: RegenerationRequest = { documents: [], sections: [], downstream: false, stale: false };

/** Writes a section, as a model would: the text is new, or the same as before. */
function write(plan: ModelPlan, kind: string, id: string, text: string): void {
  const document = plan.documents.get(kind);
  document?.sections.set(id, { text, from: inputsNow(plan, document, id) });
}

/** What has to be written for everything to be up to date, at most: by looking at each section again and again. */
function staleByHand(plan: ModelPlan): Set<string> {
  const found = new Set<string>();
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [, document] of plan.documents) {
      const isTouched = [...document.sections.keys()].some((id) => found.has(id));
      for (const [id, { from }] of document.sections) {
        if (from === null && isTouched) found.add(id);
        if (from === null) continue;
        const now = inputsNow(plan, document, id);
        const differs = Object.keys(from).some((input) => from[input] !== now[input]);
        const follows = Object.keys(from).some((input) => {
          if (input.startsWith('sections.')) return found.has(input.slice('sections.'.length));
          return [...(plan.documents.get(input)?.sections.keys() ?? [])].some((used) => found.has(used));
        });
        if (differs || follows) found.add(id);
      }
    }
  }
  return found;
}

type Step = { what: 'write' | 'same' | 'idea' | 'lose'; at: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ what: fc.constantFrom('write', 'write', 'same', 'idea', 'lose'), at: fc.nat({ max: 1_000 }) }),
  { maxLength: 25 },
);

/** A plan that was written once and then changed at random. */
const plans = fc.tuple(blueprints, steps).map(([kinds, changes]): ModelPlan => {
  const plan: ModelPlan = {
    idea: 'idea 0',
    documents: new Map(
      kinds.map((blueprint) => [
        blueprint.document,
        { blueprint, sections: new Map(blueprint.sections.map(({ id }) => [id, { text: null, from: null }])) },
      ]),
    ),
  };
  const all = kinds.flatMap(({ document, sections }) => sections.map(({ id }) => ({ kind: document, id })));
  for (const { kind, id } of all) write(plan, kind, id, `${id} 0`);
  for (const [i, { what, at }] of changes.entries()) {
    const place = all[at % all.length];
    if (!place) continue;
    const document = plan.documents.get(place.kind);
    if (what === 'idea') plan.idea = `idea ${at % 3}`;
    else if (what === 'lose') document?.sections.set(place.id, { text: null, from: null });
    else
      write(
        plan,
        place.kind,
        place.id,
        what === 'same' ? (document?.sections.get(place.id)?.text ?? 'x') : `${place.id} ${i}`,
      );
  }
  return plan;
});

describe('staleness', () => {
  it('is what a comparison of all texts finds, on random plans', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const [kind, document] of plan.documents) {
          const stale = staleSections(knownOf(plan)[kind]?.active?.sections ?? [], presentOf(plan));
          for (const [id, { from }] of document.sections) {
            const now = inputsNow(plan, document, id);
            const changed = Object.keys(from ?? {}).filter((input) => from?.[input] !== now[input]);
            expect(stale.get(id) ?? []).toEqual(changed);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('says nothing of an imported text, of a missing one and of inputs that are not there any more', () => {
    const sections: SectionLineage[] = [
      { id: 'a', sha256: 'h', madeFrom: null },
      { id: 'b', sha256: null, madeFrom: { idea: 'other' } },
      { id: 'c', sha256: 'h', madeFrom: { instructions: 'wish', 'sections.gone': 'h' } },
    ];
    expect(staleSections(sections, { idea: 'now' })).toEqual(new Map());
  });
});

describe('what a section is used for', () => {
  it('is what can be reached from it, in document order', () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, pick) => {
        for (const [kind, document] of plan.documents) {
          const ids = [...document.sections.keys()];
          const start = ids[pick % ids.length] ?? '';
          const reached = (from: string): string[] => {
            const users = ids.filter((id) => (document.sections.get(id)?.from?.[`sections.${from}`] ?? null) !== null);
            return users.flatMap((user) => [user, ...reached(user)]);
          };
          const expected = ids.filter((id) => new Set(reached(start)).has(id));
          expect(affectedBy(knownOf(plan)[kind]?.active?.sections ?? [], [start])).toEqual(expected);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('bringing everything up to date', () => {
  it('writes what is stale and what is made from it, and takes over the rest', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const expected = staleByHand(plan);
        const made = planRegeneration(knownOf(plan), presentOf(plan), { ...NOTHING, stale: true });
        if (expected.size === 0) {
          expect(made).toEqual({ ok: false, code: 'nothing_stale' });
          return;
        }
        // A document that is needed may have lost all its text: then nothing can be made from it.
        fc.pre(made.ok);
        for (const { blueprint, write: written, carried } of made.documents) {
          const ids = blueprint.sections.map(({ id }) => id);
          expect([...written].sort()).toEqual(ids.filter((id) => expected.has(id)).sort());
          expect([...written, ...carried].sort()).toEqual([...ids].sort());
        }
        const kinds = [...plan.documents].filter(([, { sections }]) =>
          [...sections.keys()].some((id) => expected.has(id)),
        );
        expect(made.documents.map(({ blueprint }) => blueprint.document).sort()).toEqual(
          kinds.map(([kind]) => kind).sort(),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves nothing stale once it is written, whatever the texts become', () => {
    fc.assert(
      fc.property(plans, fc.boolean(), (plan, isSame) => {
        const made = planRegeneration(knownOf(plan), presentOf(plan), { ...NOTHING, stale: true });
        fc.pre(made.ok);
        for (const { blueprint, write: written } of made.documents) {
          for (const id of written) {
            const old = plan.documents.get(blueprint.document)?.sections.get(id)?.text ?? 'new';
            write(plan, blueprint.document, id, isSame ? old : `${old}!`);
          }
        }
        const again = planRegeneration(knownOf(plan), presentOf(plan), { ...NOTHING, stale: true });
        expect(again).toEqual({ ok: false, code: 'nothing_stale' });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('writing chosen sections', () => {
  it('writes them and what is missing, takes over all others and names whom it affects', () => {
    fc.assert(
      fc.property(plans, fc.nat(), (plan, pick) => {
        const all = [...plan.documents.values()].flatMap(({ sections }) => [...sections.keys()]);
        const chosen = all[pick % all.length] ?? '';
        const made = planRegeneration(knownOf(plan), presentOf(plan), { ...NOTHING, sections: [chosen] });
        fc.pre(made.ok);
        const [document, ...others] = made.documents;
        expect(others).toEqual([]);
        const own = plan.documents.get(document?.blueprint.document ?? '');
        const ids = [...(own?.sections.keys() ?? [])];
        const missing = ids.filter((id) => own?.sections.get(id)?.text === null);
        expect([...(document?.write ?? [])].sort()).toEqual([...new Set([chosen, ...missing])].sort());
        const users = affectedBy(
          knownOf(plan)[document?.blueprint.document ?? '']?.active?.sections ?? [],
          document?.write ?? [],
        );
        expect(made.affected[document?.blueprint.document ?? ''] ?? []).toEqual(users);
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses one that no document has', () => {
    expect(planRegeneration({}, {}, { ...NOTHING, sections: ['nobody'] })).toEqual({
      ...{ ok: false, code: 'unknown_section', section: 'nobody' },
    });
  });
});
