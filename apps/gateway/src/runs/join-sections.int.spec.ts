import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { advance, countRows, idOf, openGateways, query, send as sendTo, writeRun } from '../../test/fixture.js';
import type { Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let app: NestFastifyApplication;
let project: string;
let prd: string;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start();
}, 60_000);
afterAll(() => gateways.close());

const send = (url: string, body: object) => sendTo(app, 'POST', url, body);
const start = (body: object) => send(`/v1/projects/${project}/runs`, body);
const regenerate = (section: string, body: object = {}) => send(`/v1/prds/${prd}/sections/${section}/regenerate`, body);
const runOf = ({ body }: Awaited<ReturnType<typeof send>>) => String(body['run_id']);
const text = (section: string) => `The text of ${section}.`;
const begin = (run: string) => advance(gateways.database, run, { type: 'run_started', at: Date.now() });

/** A draft whose summary was made from the goals, and the goals from the problem. */
beforeEach(async () => {
  project = idOf(await send('/v1/projects', { name: 'Courts', idea: 'Find a free court.' }));
  const run = await start({ documents: ['prd'], mode: 'draft' });
  await writeRun(gateways.database, idOf(run), text);
  const uses = { goals_objectives: 'problem_statement', executive_summary: 'goals_objectives' };
  for (const [section, used] of Object.entries(uses)) {
    await query(
      gateways.database,
      `UPDATE sections SET made_from = jsonb_build_object($1::text, 'h')
       WHERE section_id = $2 AND version_id IN (SELECT id FROM document_versions WHERE run_id = $3)`,
      [`sections.${used}`, section, idOf(run)],
    );
  }
  const { body } = await sendTo(app, 'GET', `/v1/projects/${project}/documents`);
  prd = (body['items'] as { id: string }[])[0]?.id ?? '';
});

/** A run of the summary alone that a generator has begun. */
async function begunSummary(): Promise<string> {
  const run = runOf(await regenerate('executive_summary'));
  const { state } = await begin(run);
  const stepId = state.documents[0]?.steps[0]?.stepId ?? '';
  await advance(gateways.database, run, { type: 'step_started', stepId, attempt: 1, at: Date.now() });
  return run;
}

it('a section of the cascade that was begun without what is asked for is refused by its name, and nothing is changed', async () => {
  const run = await begunSummary();
  const before = await countRows(gateways.database);
  const wishes = [
    () => regenerate('goals_objectives', { cascade: ['executive_summary'] }),
    () => regenerate('goals_objectives', { cascade: ['executive_summary'], dry_run: true }),
  ];
  for (const wish of wishes) {
    expect(await wish()).toMatchObject({
      status: 409,
      body: {
        ...{ code: 'run_active', run_id: run, scope: 'executive_summary' },
        detail: `Run ${run} has begun executive_summary, so it would not be made from what is asked for.`,
      },
    });
  }
  expect(await countRows(gateways.database)).toEqual(before);
});

it('is written by a run of its own after that one, for who is ready to wait', async () => {
  const run = await begunSummary();
  const wish = { cascade: ['executive_summary'], on_conflict: 'enqueue' };
  const waiting = runOf(await regenerate('goals_objectives', wish));
  expect(waiting).not.toBe(run);
  // That run writes the summary already, and only one can wait.
  expect(await regenerate('executive_summary', { on_conflict: 'enqueue' })).toMatchObject({
    status: 409,
    body: { code: 'run_active', run_id: waiting },
  });
});

it('a section that is begun does not keep others from joining', async () => {
  const run = await begunSummary();
  expect(runOf(await regenerate('next_steps'))).toBe(run);
  expect(runOf(await regenerate('goals_objectives'))).toBe(run);
});

it('a section of the cascade that was merely issued is written after what it is made from', async () => {
  const run = runOf(await regenerate('executive_summary'));
  await begin(run);
  expect(runOf(await regenerate('goals_objectives', { cascade: ['executive_summary'] }))).toBe(run);
  const order: string[] = [];
  await writeRun(gateways.database, run, (section) => {
    order.push(section);
    return text(section);
  });
  expect(order).toEqual(['goals_objectives', 'executive_summary']);
});

it.each([
  ['another model', { sections: ['next_steps'], model: 'other' }, 'its model is offline-writer, not other'],
  ['another mode', { sections: ['problem_statement'], mode: 'detailed' }, 'its mode is draft, not detailed'],
])('who wishes for %s does not join, and is told why', async (_what, body, why) => {
  const run = runOf(await regenerate('executive_summary'));
  expect(await start(body)).toMatchObject({
    status: 409,
    body: {
      ...{ code: 'run_active', run_id: run, scope: 'prd' },
      detail: `Run ${run} is writing other sections of prd, and can't take these on: ${why}.`,
    },
  });
  const same = { sections: ['open_questions'], provider: 'offline', model: 'offline-writer', mode: 'draft' };
  expect(idOf(await start(same))).toBe(run);
});

describe('a failed section of the newest version', () => {
  const failing = ['goals_objectives', 'target_users'];
  let partial: string;
  beforeEach(async () => {
    partial = idOf(await start({ documents: ['prd'], mode: 'detailed' }));
    await writeRun(gateways.database, partial, (section) => (failing.includes(section) ? null : text(section)));
  });
  const made = async (run: string) => {
    const { body } = await sendTo(app, 'GET', `/v1/runs/${run}`);
    const steps = body['steps'] as { section_id: string }[];
    return { mode: body['mode'], retry_of: body['retry_of'], written: steps.map(({ section_id }) => section_id) };
  };

  it.each(failing)('is written in its mode, though the active version has another one: %s', async (section) => {
    const { status, body } = await regenerate(section);
    expect(status).toBe(202);
    expect(await made(String(body['run_id']))).toEqual({ mode: 'detailed', retry_of: partial, written: failing });
  });

  it('is no part of a version in another mode', async () => {
    const draft = idOf(await start({ sections: ['goals_objectives'], mode: 'draft' }));
    expect(await made(draft)).toEqual({ mode: 'draft', retry_of: null, written: ['goals_objectives'] });
  });

  it('has nothing to do with others: they are of the active version', async () => {
    const run = runOf(await regenerate('problem_statement'));
    expect(await made(run)).toEqual({ mode: 'draft', retry_of: null, written: ['problem_statement'] });
  });

  it('continues no run where another one comes first', async () => {
    await start({ documents: ['prd'], mode: 'detailed' });
    const run = idOf(await start({ sections: ['target_users'], mode: 'detailed', on_conflict: 'enqueue' }));
    expect(await made(run)).toMatchObject({ mode: 'detailed', retry_of: null });
  });
});
