import type { RunLiveEvent } from '@planwright/contracts';
import type { LedgerCall } from '@planwright/testing';
import { sha256, Transcript } from '../../transcript.js';
import type { Order } from '../customers.js';
import type { Fault, FaultRecord } from '../faults.js';
import { auditCalls } from './audit-calls.js';
import { auditEvents } from './audit-events.js';
import { auditFollows } from './audit-follows.js';
import { auditRuns } from './audit-runs.js';
import { auditTexts } from './audit-texts.js';
import type { Books, Finding } from './finding.js';

const TOKEN = 'chaos-spec-1';
const TASKS = JSON.stringify({
  tasks: [
    {
      ...{ ref: 'T1', title: 'Task of call 2', description: 'For it.', acceptance_criteria: ['It is there.'] },
      ...{ type: 'chore', priority: 'low', estimate: 1, labels: [], dependencies: [], requirements: [] },
    },
  ],
});

function call(number: number, changes: Partial<LedgerCall> = {}): LedgerCall {
  const at = number * 1_000;
  return {
    ...{ number, caller: 'generator-1', document: 'prd', sectionId: 'goals', prompt: `idea ${TOKEN}`, repair: null },
    ...{ startedAt: at, endedAt: at + 500, text: `text ${number}`, state: 'finished' as const, failure: null },
    ...changes,
  };
}

/** One order, its run of two sections, and everything in order. */
function inOrder(): Books {
  const order: Order = {
    ...{ token: TOKEN, key: 'key', doubleClicked: false, followed: false, cancelAfterMs: null },
    ...{
      requests: [],
      runIds: new Set(['run']),
      projectId: 'project',
      acceptedAt: 1,
      cancelledAt: null,
      refusal: null,
    },
  };
  const step = { runId: 'run', status: 'succeeded', attempt: 1, tries: 0, problem: null, finishedAt: 90_000 };
  return {
    orders: [order],
    calls: [call(1), call(2, { document: 'task_set', sectionId: 'task_list', text: TASKS })],
    faults: [],
    stuck: [],
    evidence: {
      runs: [{ id: 'run', token: TOKEN, status: 'succeeded', createdAt: 1, finishedAt: 9, cancelRequestedAt: null }],
      steps: [
        { ...step, id: 'step-1', document: 'prd', sectionId: 'goals' },
        { ...step, id: 'step-2', document: 'task_set', sectionId: 'task_list' },
      ],
      sections: [
        { runId: 'run', document: 'prd', sectionId: 'goals', status: 'completed', content: 'text 1', draft: null },
        {
          runId: 'run',
          document: 'task_set',
          sectionId: 'task_list',
          status: 'completed',
          content: TASKS,
          draft: null,
        },
      ],
      versions: [{ documentId: 'document', number: 1, runId: 'run', status: 'ready' }],
      tasks: [{ projectId: 'project', title: 'Task of call 2', description: 'For it.' }],
      events: [
        { runId: 'run', n: 1, type: 'stage' },
        { runId: 'run', n: 2, type: 'complete' },
      ],
      leftovers: { scopes: 0, outbox: 0 },
    },
  };
}

const audit = (of: Books): Finding[] => [
  ...auditRuns(of),
  ...auditTexts(of),
  ...auditCalls(of).findings,
  ...auditEvents(of),
];

test('books in order have no findings', () => {
  expect(audit(inOrder())).toEqual([]);
});

type Change = (of: Books & { calls: LedgerCall[]; faults: FaultRecord[]; stuck: Books['stuck'] }) => void;
const record = (fault: Fault, at: number, overAt: number | null = at): FaultRecord => ({
  fault,
  at,
  overAt,
  skipped: null,
});

test.each<[string, string, Change]>([
  ['an accepted run is gone', 'lost run', ({ evidence }) => void evidence.runs.pop()],
  ['two answers name two runs', 'doubled run', ({ orders }) => void orders[0]!.runIds.add('other')],
  [
    'one order has two runs',
    'doubled run',
    ({ evidence }) => {
      evidence.runs.push({ ...evidence.runs[0]!, id: 'twin' });
      evidence.events.push({ runId: 'twin', n: 1, type: 'complete' });
    },
  ],
  ['an order was refused', 'refused order', ({ orders }) => void (orders[0]!.refusal = '400')],
  ['a run is stuck', 'stuck run', (of) => void (of.stuck = [{ runId: 'run', step: 'goals', lateMs: 61_000 }])],
  [
    'a run is cancelled that nobody cancelled',
    'cancelled unasked',
    ({ evidence }) => {
      Object.assign(evidence.runs[0]!, { status: 'cancelled' });
      Object.assign(evidence.steps[0]!, { status: 'cancelled' });
      Object.assign(evidence.sections[0]!, { status: 'cancelled', content: null });
      Object.assign(evidence.events[1]!, { type: 'cancelled' });
    },
  ],
  ['a run ended before its step', 'step outlives run', ({ evidence }) => void (evidence.steps[0]!.status = 'running')],
  [
    'a failed step, a run that succeeded',
    'dishonest status',
    ({ evidence }) => void (evidence.steps[0]!.status = 'failed'),
  ],
  ['a scope is left', 'left over', ({ evidence }) => void (evidence.leftovers.scopes = 1)],
  ['a message was never sent', 'left over', ({ evidence }) => void (evidence.leftovers.outbox = 1)],
  ['a call goes on', 'left over', ({ calls }) => void calls.push(call(3, { state: 'open', endedAt: null }))],
  ['the text of nobody', 'foreign text', ({ evidence }) => void (evidence.sections[0]!.content = 'made up')],
  ['half a text', 'draft as content', ({ evidence }) => void (evidence.sections[0]!.content = 'text')],
  ['the text of a call that was cut', 'never finished', ({ calls }) => void (calls[0]!.state = 'cut')],
  [
    'two texts mixed',
    'foreign text',
    ({ calls, evidence }) => {
      calls.push(call(3));
      evidence.sections[0]!.content = 'text 1text 3';
    },
  ],
  ['success without a text', 'step and text differ', ({ evidence }) => void (evidence.sections[0]!.content = null)],
  ['a draft of nobody', 'foreign draft', ({ evidence }) => void (evidence.sections[0]!.draft = 'made up')],
  [
    'one number twice',
    'doubled version',
    ({ evidence }) => void evidence.versions.push({ ...evidence.versions[0]!, runId: 'other' }),
  ],
  [
    'two versions of one run',
    'doubled version',
    ({ evidence }) => void evidence.versions.push({ ...evidence.versions[0]!, number: 2 }),
  ],
  ['one task twice', 'doubled task', ({ evidence }) => void evidence.tasks.push(evidence.tasks[0]!)],
  ['a task is missing', 'lost task', ({ evidence }) => void evidence.tasks.pop()],
  ['one section paid for twice', 'paid twice', ({ calls }) => void calls.push(call(3))],
  ['a call cut off for nothing', 'cut off', ({ calls }) => void calls.push(call(3, { state: 'cut', text: '' }))],
  [
    'a call for what is stored',
    'called for a stored text',
    ({ calls, faults }) => {
      calls.push(call(95, { state: 'failed', failure: 'server_error' }));
      faults.push(record({ kind: 'purge' }, 94_000));
    },
  ],
  ['a failure the provider did not have', 'blamed wrongly', ({ evidence }) => void (evidence.steps[0]!.tries = 1)],
  ['a fact is missing', 'gap in events', ({ evidence }) => void evidence.events.shift()],
  ['no end', 'wrong end', ({ evidence }) => void evidence.events.pop()],
  ['two ends', 'wrong end', ({ evidence }) => void evidence.events.push({ runId: 'run', n: 3, type: 'complete' })],
  ['another end', 'wrong end', ({ evidence }) => void (evidence.events[1]!.type = 'partial')],
  ['a run goes on', 'run not ended', ({ evidence }) => void (evidence.runs[0]!.finishedAt = null)],
  [
    'an end of a run that goes on',
    'wrong end',
    ({ evidence }) => void Object.assign(evidence.runs[0]!, { status: 'running', finishedAt: null }),
  ],
])('%s: %s', (_, rule, change) => {
  const changed = inOrder();
  change(changed as Parameters<Change>[0]);
  expect(audit(changed).map((found) => found.rule)).toContain(rule);
});

describe('extra calls', () => {
  const twice = (...faults: FaultRecord[]): Books => ({ ...inOrder(), calls: [...inOrder().calls, call(5)], faults });
  const kill = (process: string): Fault => ({ kind: 'kill', process, downMs: 0 });

  test.each<[string, FaultRecord, Record<string, number>]>([
    ['its generator was killed', record(kill('generator-1'), 1_400), { kill: 1 }],
    ['queues were purged', record({ kind: 'purge' }, 2_000), { purge: 1 }],
    ['another generator was killed', record(kill('generator-2'), 1_400), { 'no fault': 1 }],
    [
      'PostgreSQL was killed, for which results wait',
      record({ kind: 'restart', service: 'postgres', how: 'kill', downMs: 0 }, 1_400),
      { 'no fault': 1 },
    ],
    ['the fault came afterwards', record({ kind: 'purge' }, 6_000), { 'no fault': 1 }],
    ['the fault was over long before', record({ kind: 'purge' }, -20_000), { 'no fault': 1 }],
    ['the fault was left out', { ...record({ kind: 'purge' }, 2_000), skipped: 'down' }, { 'no fault': 1 }],
  ])('a section is paid for twice: %s', (_, fault, repeated) => {
    const { extra, findings } = auditCalls(twice(fault));
    expect(extra.repeated).toEqual(repeated);
    expect(findings).toHaveLength('no fault' in repeated ? 1 : 0);
  });

  test('a call that ends with its process is cut off by the kill, not by what else happened', () => {
    const of = inOrder();
    const cut = call(3, { state: 'cut', text: 'te' });
    const faults = [record(kill('generator-1'), 3_450), record({ kind: 'flush' }, 3_460)];
    expect(auditCalls({ ...of, calls: [...of.calls, cut], faults }).extra.cut).toEqual({ kill: 1 });
  });

  test('a call for a stored text is explained by a Redis that forgot, and by no other fault', () => {
    const of = { ...inOrder(), calls: [...inOrder().calls, call(95, { state: 'cut', text: '' })] };
    const flushed = auditCalls({ ...of, faults: [record({ kind: 'flush' }, 90_000)] });
    expect(flushed.extra.late).toEqual({ flush: 1 });
    const purged = auditCalls({ ...of, faults: [record({ kind: 'purge' }, 90_000)] });
    expect(purged.extra.late).toEqual({ 'no fault': 1 });
  });
});

describe('followers', () => {
  const section = { run_id: 'run', document: 'prd', document_id: 'document', section_id: 'goals', attempt: 1 };
  const complete = { type: 'section_complete', ...section, title: '', content: 'text 1', length: 6 };
  const end = { type: 'complete', run_id: 'run', prd_id: null, error: null, problem: null };

  function rulesAfter(bodies: object[], faults: string[] = []): string[] {
    const transcript = new Transcript();
    for (const [i, body] of bodies.entries()) {
      transcript.add({ v: 1, channel: 'run.run', epoch: 'e', seq: i + 1, ts: '', ...body } as unknown as RunLiveEvent);
    }
    transcript.faults.splice(0, Infinity, ...faults);
    const books = { ...inOrder(), evidence: { ...inOrder().evidence, sections: [inOrder().evidence.sections[0]!] } };
    const follow = { runId: 'run', transcript, connections: 1, over: Promise.resolve() };
    return auditFollows([follow], books).map(({ rule }) => rule);
  }
  const told = { ...complete, sha256: sha256('text 1') };

  test('one who was told text and end is right, also where the last chunks are missing', () => {
    expect(rulesAfter([told, end])).toEqual([]);
    const begun = { type: 'section_started', ...section };
    expect(rulesAfter([begun, { type: 'chunk', ...section, offset: 0, content: 'te' }, told, end])).toEqual([]);
  });

  test.each<[string, string, object[], string[]]>([
    ['no end', 'follower not told', [told], []],
    ['no text', 'follower inexact', [end], []],
    ['another text', 'follower inexact', [{ ...told, content: 'text 2' }, end], []],
    ['a wrong hash', 'follower inexact', [{ ...told, sha256: sha256('text 2') }, end], []],
    [
      'foreign chunks',
      'follower inexact',
      [{ type: 'section_started', ...section }, { type: 'chunk', ...section, offset: 0, content: 'other' }, told, end],
      [],
    ],
    ['a breach of the protocol', 'broken feed', [told, end], ['gap']],
  ])('%s: %s', (_, rule, events, faults) => {
    expect(rulesAfter(events, faults)).toEqual([rule]);
  });
});
