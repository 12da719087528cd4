import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlanwrightError, UnreachableError } from '@planwright/client';
import { makeProblem } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import { bodiesOf, exampleVersion, PROJECT, RUN, runEnd } from '../test/example-run.js';
import { FakeGateway } from '../test/fake-gateway.js';
import type { Script } from '../test/fake-gateway.js';
import { USAGE, UsageError } from './arguments.js';
import { plan, refusalText } from './plan.js';
import { PlatformError } from './platform.js';

const prd = bodiesOf('prd');
const EVENTS = `GET /v1/runs/${RUN}/events`;
const CANCEL = `POST /v1/runs/${RUN}/cancel`;

let cwd: string;
let gateway: FakeGateway;
beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), 'plan-'))));
afterEach(async () => {
  await gateway.close();
  await rm(cwd, { recursive: true });
});

/** `npm run plan -- ...argv` against a gateway with the given script. */
async function start(script: Partial<Script>, argv: string[], columns: number | null = null) {
  gateway = await FakeGateway.start(script);
  const interruption = new AbortController();
  const seen = { out: '', err: '' };
  const code = plan({
    argv,
    env: { PLANWRIGHT_URL: gateway.url, PLANWRIGHT_API_KEY: 'pw_key' },
    cwd,
    out: (text) => (seen.out += text),
    err: (text) => (seen.err += text),
    columns: columns === null ? null : () => columns,
    colour: false,
    interrupted: interruption.signal,
  });
  // Whoever looks at it later sees how it ended; nobody has to look.
  code.catch(() => undefined);
  return { code, seen, interrupt: () => interruption.abort() };
}
const idea = ['An app that finds free courts.', '--out', 'out'];

describe('a run that succeeds', () => {
  it('is shown and written to four files: exit code 0', async () => {
    const { code, seen } = await start({}, [...idea, '--constraints', 'No budget', '--mode', 'draft']);
    expect(await code).toBe(0);
    expect(gateway.routes.slice(0, 3)).toEqual([
      'GET /healthz',
      'POST /v1/projects',
      `POST /v1/projects/${PROJECT}/runs`,
    ]);
    expect(gateway.asked[1]).toMatchObject({
      body: { name: 'An app that finds free courts', idea: 'An app that finds free courts.', constraints: 'No budget' },
      headers: { authorization: 'Bearer pw_key' },
    });
    expect(gateway.asked[2]?.body).toEqual({ mode: 'draft' });
    expect(seen.out).toContain('## Problem Statement\n\nText of problem_statement.\n');
    expect(seen.out).toContain('— PRD · stage 1 of 3 · 1 of 4 sections · about 10 s left\n');
    expect(seen.out).toMatch(/Tasks: ready\n\n {2}T-1 {2}Task 1 \(.*\)\n {2}T-2 {2}Task 2 \(.*, after T-1\)\n$/);
    expect(seen.err).toBe(
      '\nThe plan is ready.\nWritten:\n  out/prd.md\n  out/tech-spec.md\n  out/tasks.json\n  out/tasks.md\n',
    );
    expect(await readFile(join(cwd, 'out/prd.md'), 'utf8')).toContain('## Appendix\n\nText of appendix.\n');
    const tasks = JSON.parse(await readFile(join(cwd, 'out/tasks.json'), 'utf8')) as { tasks: { key: string }[] };
    expect(tasks.tasks.map(({ key }) => key)).toEqual(['T-1', 'T-2']);
  });

  it('may come from a file', async () => {
    await writeFile(join(cwd, 'idea.md'), '# Courts\n\nFinds courts.\n\n## Constraints\n\nNo budget\n');
    const { code } = await start({}, ['idea.md']);
    expect(await code).toBe(0);
    expect(gateway.asked[1]?.body).toEqual({
      name: 'Courts',
      idea: '# Courts\n\nFinds courts.',
      constraints: 'No budget',
    });
    expect(gateway.asked[2]?.body).toEqual({});
    expect(await readdir(join(cwd, 'plan-out/courts'))).toHaveLength(4);
  });

  it('is written by whom it was asked of, and says what that cost', async () => {
    const cost = { amount: 12_345, currency: 'USD' as const, unpriced_calls: 0 };
    const argv = [...idea, '--provider', 'openai', '--model', 'gpt-4.1'];
    const { code, seen } = await start({ ended: { status: 'succeeded', cost } }, argv);
    expect(await code).toBe(0);
    expect(gateway.asked[2]?.body).toEqual({ provider: 'openai', model: 'gpt-4.1' });
    expect(seen.err).toMatch(/\n {2}out\/tasks\.md\nCost: about 0\.0123 USD\n$/);
  });

  it('is asked for by its documents, and what they are made from', async () => {
    const own = [
      { document: 'prd', title: 'Product Requirements Document', requires: [], in_plans: true },
      { document: 'prd', title: 'Product Requirements Document', requires: [], in_plans: true },
      { document: 'rfc', title: 'RFC', requires: ['prd'], in_plans: true },
      { document: 'tech_spec', title: 'RFC', requires: ['prd'], in_plans: true },
      { document: 'feature_spec', title: 'Feature Spec', requires: [], in_plans: false },
    ];
    const { code } = await start({ blueprints: own }, [...idea, '--documents', 'rfc,tech']);
    expect(await code).toBe(0);
    expect(gateway.routes.slice(0, 3)).toEqual(['GET /healthz', 'GET /v1/blueprints', 'POST /v1/projects']);
    expect(gateway.asked[3]?.body).toEqual({ documents: ['prd', 'rfc', 'tech_spec'] });
  });

  it('is not begun for a document nobody knows, nor is its project', async () => {
    const { code } = await start({}, [...idea, '--documents', 'poem']);
    await expect(code).rejects.toThrow(new UsageError('There is no document "poem" here; there are prd.'));
    expect(gateway.routes).not.toContain('POST /v1/projects');
    expect(await readdir(cwd)).toEqual([]);
  });

  it('is shown the same over a connection that is cut again and again', async () => {
    const steady = await start({}, idea);
    await steady.code;
    await gateway.close();
    const cut = await start({ cutAfter: 6 }, ['An app.', '--out', 'out-2']);
    expect(await cut.code).toBe(0);
    expect(gateway.routes.filter((route) => route === EVENTS).length).toBeGreaterThan(4);
    expect(cut.seen.out).toBe(steady.seen.out);
  });

  it('has a status line on a terminal, and leaves none behind', async () => {
    const { code, seen } = await start({}, idea, 80);
    expect(await code).toBe(0);
    expect(seen.out).toContain('PRD · stage 1 of 3 · 1 of 4 sections · about 10 s left');
    expect(seen.out).not.toContain('— PRD');
    expect(seen.out.endsWith('\n')).toBe(true);
  });
});

describe('a run that ends otherwise', () => {
  const half = {
    versions: {
      prd: exampleVersion('prd', {
        problem_statement: { content: 'Text.' },
        appendix: { status: 'failed', error: 'No answer.', draft: 'Half a sen' },
      }),
      tech_spec: exampleVersion('tech_spec', {}),
      task_set: exampleVersion('task_set', {}),
    },
    tasks: [],
  } satisfies Partial<Script>;

  it('partial: what there is, what is missing, exit code 3', async () => {
    const events = [
      prd.stage(1),
      prd.failed('appendix', 'No answer.'),
      prd.end('partial'),
      runEnd('partial', 'The chain stops.'),
    ];
    const { code, seen } = await start(
      { ...half, events, ended: { status: 'partial', error: 'The chain stops.' } },
      idea,
    );
    expect(await code).toBe(3);
    expect(seen.out).toContain('✗ Not written: No answer.\n');
    expect(seen.err).toBe('\nThe plan is not complete. The chain stops.\nWritten:\n  out/prd.md\n');
    expect(await readFile(join(cwd, 'out/prd.md'), 'utf8')).toContain('> Not complete: 3 of 4 sections');
  });

  it('failed with nothing written: exit code 1, and no empty folder', async () => {
    const versions = { ...half.versions, prd: exampleVersion('prd', {}) };
    const events = [runEnd('failed', 'All sections failed.')];
    const cost = { amount: null, currency: 'USD' as const, unpriced_calls: 3 };
    const ended = { status: 'failed' as const, error: 'All sections failed.', cost };
    const { code, seen } = await start({ ...half, versions, events, ended }, idea);
    expect(await code).toBe(1);
    expect(seen.err).toBe('\nThe plan failed. All sections failed.\nNothing was written.\nCost: unpriced\n');
    expect(await readdir(cwd)).toEqual([]);
  });
});

describe('Ctrl-C', () => {
  const events = [prd.stage(1), prd.started('problem_statement'), prd.chunk('problem_statement', 0, 'Half a sen')];
  const prdSoFar = { problem_statement: { status: 'cancelled' as const, draft: 'Half a sen' } };
  const script: Partial<Script> = {
    events,
    versions: {
      prd: exampleVersion('prd', prdSoFar),
      tech_spec: exampleVersion('tech_spec', {}),
      task_set: exampleVersion('task_set', {}),
    },
    tasks: [],
  };

  it('cancels the run, waits for its end, and keeps what there is: exit code 130', async () => {
    const { code, seen, interrupt } = await start(script, idea);
    await waitFor(() => seen.out.includes('Half a sen'), { what: 'the text' });
    interrupt();
    expect(await code).toBe(130);
    expect(gateway.routes.filter((route) => route === CANCEL)).toHaveLength(1);
    expect(seen.err).toBe('Cancelling ... (Ctrl-C again leaves at once)\n\nCancelled.\nWritten:\n  out/prd.md\n');
    expect(seen.out).toMatch(/Half a sen\n\n\(Cancelled here\.\)\n$/);
    expect(await readFile(join(cwd, 'out/prd.md'), 'utf8')).toContain(
      '> This text is unfinished. It was cancelled.\n\nHalf a sen\n',
    );
  });

  it('says it on the screen where there is one', async () => {
    const { code, seen, interrupt } = await start(script, idea, 80);
    await waitFor(() => seen.out.includes('Half a sen'), { what: 'the text' });
    interrupt();
    expect(await code).toBe(130);
    expect(seen.out).toContain('Cancelling ...');
    expect(seen.err).toBe('\nCancelled.\nWritten:\n  out/prd.md\n');
  });

  it('before anything began starts nothing', async () => {
    const { code, interrupt } = await start(script, idea);
    interrupt();
    expect(await code).toBe(130);
    expect(gateway.routes).toEqual(['GET /healthz']);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('that does not reach the server says so and leaves: exit code 130', async () => {
    const { code, seen, interrupt } = await start(script, idea);
    await waitFor(() => seen.out.includes('Half a sen'), { what: 'the text' });
    const { url } = gateway;
    await gateway.close();
    interrupt();
    expect(await code).toBe(130);
    expect(seen.err).toContain(`The run could not be cancelled: No answer from ${url}: ECONNREFUSED.`);
    expect(seen.err).toContain(`It may go on as run ${RUN} of ${url}.`);
  });

  it('after the run had ended by itself tells the truth: exit code 0', async () => {
    const { code, interrupt } = await start({}, idea);
    await waitFor(() => gateway.routes.includes(`GET /v1/projects/${PROJECT}/tasks`), {
      what: 'the end of the run',
    });
    interrupt();
    expect(await code).toBe(0);
    expect(gateway.routes).not.toContain(CANCEL);
  });
});

describe('what is refused', () => {
  it('help is no refusal', async () => {
    const { code, seen } = await start({}, ['--help']);
    expect(await code).toBe(0);
    expect(seen.out).toBe(USAGE);
    expect(gateway.asked).toEqual([]);
  });

  it.each([[[]], [['An app', '--mode', 'x']], [['An app', '--provider', 'x']], [['missing.md']]])(
    '%j is wrong usage and asks no server',
    async (argv) => {
      const { code } = await start({}, argv);
      await expect(code).rejects.toThrow(UsageError);
      expect(gateway.asked).toEqual([]);
      expect(await readdir(cwd)).toEqual([]);
    },
  );

  it('a server that refuses a field: the field is named, nothing is left behind', async () => {
    const message = 'must have at most 32000 characters';
    const errors = [{ pointer: '/idea', code: 'too_big', message, limit: 32_000 }];
    const refusals = { 'POST /v1/projects': makeProblem('invalid_request', `/idea ${message}.`, { errors }) };
    const { code } = await start({ refusals }, idea);
    const error = await code.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PlanwrightError);
    expect(refusalText(error as PlanwrightError)).toBe('idea must have at most 32000 characters.');
    expect(await readdir(cwd)).toEqual([]);
  });

  it('a key that is missing: what to do about it', async () => {
    const refusals = { 'POST /v1/projects': makeProblem('unauthenticated', 'There is no key.') };
    const { code } = await start({ refusals }, idea);
    const error = await code.catch((reason: unknown) => reason);
    expect(refusalText(error as PlanwrightError)).toBe('There is no key. Put the key into PLANWRIGHT_API_KEY.');
  });

  it('a server that goes away in between', async () => {
    const { code } = await start({ hangsUpOn: ['POST /v1/projects'] }, idea);
    await expect(code).rejects.toThrow(UnreachableError);
  });

  it('a PLANWRIGHT_URL where nobody answers, or that is none', async () => {
    gateway = await FakeGateway.start();
    const { url } = gateway;
    await gateway.close();
    const quiet = { argv: idea, cwd, out: () => undefined, err: () => undefined, columns: null, colour: false };
    const interrupted = new AbortController().signal;
    await expect(plan({ ...quiet, interrupted, env: { PLANWRIGHT_URL: url } })).rejects.toThrow(
      new PlatformError(`No Planwright answers at PLANWRIGHT_URL (${url}).`),
    );
    await expect(plan({ ...quiet, interrupted, env: { PLANWRIGHT_URL: 'localhost:3000' } })).rejects.toThrow(
      UsageError,
    );
  });
});
