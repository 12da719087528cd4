import fc from 'fast-check';
import { DEAREST, Queues, QUANTUM, backlog, steps, turnOf } from '../test/queues.js';
import { admit, ADMISSION_QUANTUM, type Turn } from './admission.js';

const names = (admission: ReturnType<typeof admit>) => admission.admitted.map(({ stepId }) => stepId);

describe('a round', () => {
  test('hands slots to workspaces in turn, each for about a quantum of tokens', () => {
    const turns = [turnOf('x', 1, steps('x', 400, 400, 400, 400)), turnOf('y', 2, steps('y', 900, 900, 900))];
    expect(names(admit(turns, 7, 1_000))).toEqual(['x1', 'x2', 'y1', 'x3', 'x4', 'y2', 'y3']);
  });

  test('goes by the lowest turn, whatever order the rows come in', () => {
    const turns = [turnOf('x', 9, steps('x', 1_000)), turnOf('y', 2, steps('y', 1_000))];
    expect(names(admit(turns, 2, 1_000))).toEqual(['y1', 'x1']);
  });

  test('moves who had a turn to the end and keeps what is left of the quantum', () => {
    const turns = [turnOf('x', 1, steps('x', 700, 700)), turnOf('y', 2, steps('y', 1_000, 1_000))];
    expect(admit(turns, 2, 1_000)).toEqual({
      admitted: [
        { workspaceId: 'x', stepId: 'x1', attempt: 1, tokens: 700 },
        { workspaceId: 'y', stepId: 'y1', attempt: 1, tokens: 1_000 },
      ],
      turns: [
        { workspaceId: 'y', turn: 2, deficit: 0, inTurn: true },
        { workspaceId: 'x', turn: 3, deficit: 300, inTurn: false },
      ],
      emptied: [],
    });
  });

  test('that was cut short goes on where it stopped, without a new quantum', () => {
    const cut = admit([turnOf('x', 1, steps('x', 400, 400, 400)), turnOf('y', 2, steps('y', 400))], 1, 1_000);
    expect(cut.turns[0]).toEqual({ workspaceId: 'x', turn: 1, deficit: 600, inTurn: true });
    const x: Turn = { ...turnOf('x', 1, steps('x', 400, 400)), deficit: 600, inTurn: true };
    expect(names(admit([x, turnOf('y', 2, steps('y', 400))], 2, 1_000))).toEqual(['x1', 'y1']);
  });

  test('lets a step dearer than the quantum wait for as many turns as it needs, in the same call', () => {
    const turns = [turnOf('x', 1, steps('x', 2_500)), turnOf('y', 2, steps('y', 1_000, 1_000, 1_000, 1_000))];
    expect(names(admit(turns, 4, 1_000))).toEqual(['y1', 'y2', 'x1', 'y3']);
  });

  test('forgets a workspace with nothing left, and its deficit with it', () => {
    const { turns, emptied } = admit([turnOf('x', 1, steps('x', 100)), turnOf('y', 2, [])], 5, 1_000);
    expect({ turns, emptied }).toEqual({ turns: [], emptied: ['y', 'x'] });
  });

  test('keeps a workspace of which only the first steps were given', () => {
    const { turns, emptied } = admit([{ ...turnOf('x', 1, steps('x', 100)), more: true }], 1, 1_000);
    expect({ turns, emptied }).toEqual({
      turns: [{ workspaceId: 'x', turn: 1, deficit: 900, inTurn: true }],
      emptied: [],
    });
  });

  test('ends although somebody gave fewer steps than there is room for', () => {
    const { admitted, emptied } = admit([{ ...turnOf('x', 1, steps('x', 100)), more: true }], 9, 1_000);
    expect([admitted.length, emptied]).toEqual([1, []]);
  });

  test('without room admits nobody and changes nothing', () => {
    const x = { ...turnOf('x', 4, []), more: true };
    expect(admit([x], 0)).toEqual({
      admitted: [],
      turns: [{ workspaceId: 'x', turn: 4, deficit: 0, inTurn: false }],
      emptied: [],
    });
  });

  test('counts 4,000 tokens by default: one long section', () => {
    expect(ADMISSION_QUANTUM).toBe(4_000);
    const turns = [turnOf('x', 1, steps('x', 2_000, 2_000, 1)), turnOf('y', 2, steps('y', 1))];
    expect(names(admit(turns, 3))).toEqual(['x1', 'x2', 'y1']);
  });

  test.each([0, -1, Number.NaN])('refuses a quantum of %p tokens', (quantum) => {
    expect(() => admit([], 1, quantum)).toThrow(RangeError);
  });
});

const costs = fc.array(fc.integer({ min: 1, max: DEAREST }), { minLength: 1, maxLength: 12 });
/** How many slots are free, call by call. */
const rooms = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 });
const few = fc.array(fc.array(fc.integer({ min: 1, max: DEAREST }), { maxLength: 9 }), { minLength: 1, maxLength: 5 });

describe('whatever waits and however slots come free', () => {
  test('there are never more than room, each once, oldest first, and no slot stays free while something waits', () => {
    const property = fc.property(few, rooms, (queues, calls) => {
      const world = new Queues(queues);
      for (const room of calls) {
        const waiting = world.size;
        const admitted = world.admit(room);
        expect(admitted).toHaveLength(Math.min(room, waiting));
      }
      for (const [workspaceId, served] of world.served) {
        expect(served).toEqual(world.all.get(workspaceId)?.slice(0, served.length));
      }
    });
    fc.assert(property);
  });

  test('two that always have something waiting are served within a quantum and the dearest step of each other', () => {
    const property = fc.property(costs, costs, rooms, (x, y, calls) => {
      const world = new Queues([backlog(x, 600), backlog(y, 600)]);
      for (const room of calls) {
        world.admit(room, (served) => {
          expect(Math.abs((served.get('w0') ?? 0) - (served.get('w1') ?? 0))).toBeLessThan(QUANTUM + DEAREST);
        });
      }
    });
    fc.assert(property);
  });

  test('slots that come free one by one are given to the same steps as slots that come free at once', () => {
    const property = fc.property(few, rooms, (queues, calls) => {
      const [parts, whole] = [new Queues(queues), new Queues(queues)];
      const total = calls.reduce((sum, room) => sum + room, 0);
      expect(calls.flatMap((room) => parts.admit(room))).toEqual(whole.admit(total));
    });
    fc.assert(property);
  });

  test('nobody waits longer than the others’ turns take that its step needs', () => {
    const property = fc.property(
      costs,
      fc.integer({ min: 1, max: DEAREST }),
      fc.integer({ min: 1, max: 5 }),
      rooms,
      (cost, own, others, calls) => {
        const world = new Queues([...Array.from({ length: others }, () => backlog(cost, 2_000)), [own]]);
        const dearestOther = Math.max(...cost);
        const turns = Math.ceil(own / QUANTUM);
        let before = 0;
        for (let i = 0; !world.served.has(`w${others}`); i++) {
          for (const step of world.admit(Math.max(1, calls[i % calls.length] ?? 1))) {
            if (step.stepId.startsWith(`w${others}.`)) break;
            before += step.tokens;
          }
        }
        expect(before).toBeLessThanOrEqual(others * (turns * QUANTUM + dearestOther));
      },
    );
    fc.assert(property);
  });

  test('one step beside ten thousand is among the first few', () => {
    const world = new Queues([backlog([1_500], 10_000), [1_500]]);
    const admitted = Array.from({ length: 8 }, () => world.admit(1)).flat();
    expect(admitted.findIndex(({ stepId }) => stepId === 'w1.0')).toBe(2);
  });
});
