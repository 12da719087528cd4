import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VersionResource } from '@planwright/contracts';
import { exampleTask, exampleVersion } from '../test/example-run.js';
import { UsageError } from './arguments.js';
import { documentMarkdown, openFolder, taskLines, tasksMarkdown, writePlan } from './files.js';

let cwd: string;
beforeEach(async () => void (cwd = await mkdtemp(join(tmpdir(), 'plan-files-'))));
afterEach(() => rm(cwd, { recursive: true }));

const whole = exampleVersion('prd', {
  executive_summary: { content: 'In short.', order: 0 },
  problem_statement: { content: 'A problem.\n', order: 1 },
  success_metrics: { content: 'Numbers.', order: 2 },
  appendix: { content: 'More.', order: 3 },
});
const prdOf = (version: VersionResource) => ({ kind: 'prd', title: 'Product Requirements Document', version });
const techSpec = {
  kind: 'tech_spec',
  title: 'Technical Specification',
  version: exampleVersion('tech_spec', { tech_summary: { content: 'Small.' } }),
};

describe('the folder', () => {
  it.each([
    ['Court finder', 'plan-out/court-finder'],
    ['  Crème brûlée: für 2!  ', 'plan-out/creme-brulee-fur-2'],
    ['テニス コート', 'plan-out/テニス-コート'],
    ['../../etc', 'plan-out/etc'],
    ['!!!', 'plan-out/plan'],
    ['x'.repeat(200), `plan-out/${'x'.repeat(50)}`],
  ])('of %j is %s', async (name, path) => {
    expect((await openFolder(undefined, name, cwd)).path).toBe(path);
  });

  it('is a new one for every plan', async () => {
    const paths = await Promise.all([1, 2, 3].map(() => openFolder(undefined, 'Courts', cwd)));
    expect(paths.map(({ path }) => path).sort()).toEqual(['plan-out/courts', 'plan-out/courts-2', 'plan-out/courts-3']);
  });

  it('goes again when nothing came into it, and stays when something did', async () => {
    const [empty, used] = [await openFolder('a', 'Courts', cwd), await openFolder('b', 'Courts', cwd)];
    await writeFile(join(cwd, 'b', 'note'), 'mine');
    await Promise.all([empty.release(), used.release()]);
    expect(await readdir(cwd)).toEqual(['b']);
  });

  it('that was there before stays, even empty', async () => {
    await mkdir(join(cwd, 'mine'));
    await (await openFolder('mine', 'Courts', cwd)).release();
    expect(await readdir(cwd)).toEqual(['mine']);
  });

  it('may hold other things, but no plan', async () => {
    await writeFile(join(cwd, 'note'), 'mine');
    expect((await openFolder('.', 'Courts', cwd)).path).toBe('.');
    await writeFile(join(cwd, 'tasks.md'), 'mine');
    await expect(openFolder('.', 'Courts', cwd)).rejects.toThrow(
      new UsageError('tasks.md is already there: choose another --out.'),
    );
  });

  it('may hold no document that is asked for', async () => {
    await writeFile(join(cwd, 'risk-log.md'), 'mine');
    expect((await openFolder('.', 'Courts', cwd, ['rfc'])).path).toBe('.');
    await expect(openFolder('.', 'Courts', cwd, ['rfc', 'risk_log'])).rejects.toThrow('risk-log.md is already there');
  });

  it('is not a file, and can be made', async () => {
    await writeFile(join(cwd, 'note'), 'mine');
    await expect(openFolder('note', 'Courts', cwd)).rejects.toThrow('--out must name a folder, and note is a file.');
    await expect(openFolder('note/plan', 'Courts', cwd)).rejects.toThrow(UsageError);
    await expect(openFolder('note/plan', 'Courts', cwd)).rejects.toThrow(/^The folder for the plan can't be made: /);
  });
});

describe('a plan', () => {
  it('is four files', async () => {
    await openFolder('out', 'Courts', cwd);
    const tasks = [exampleTask(1), exampleTask(2)];
    const paths = await writePlan('out', { name: 'Courts', documents: [prdOf(whole), techSpec], tasks }, cwd);
    expect(paths).toEqual(['out/prd.md', 'out/tech-spec.md', 'out/tasks.json', 'out/tasks.md']);
    expect(JSON.parse(await readFile(join(cwd, 'out/tasks.json'), 'utf8'))).toEqual({ tasks });
    expect(await readFile(join(cwd, 'out/tech-spec.md'), 'utf8')).toBe(
      '# Courts: Technical Specification\n\n## Technical Summary\n\nSmall.\n',
    );
  });

  it('of which there is only a part is what there is', async () => {
    const prd = exampleVersion('prd', { problem_statement: { content: null, draft: 'Half a sen', status: 'failed' } });
    const nothing = exampleVersion('tech_spec', {});
    const documents = [prdOf(prd), { ...techSpec, version: nothing }];
    expect(await writePlan('.', { name: 'Courts', documents, tasks: [] }, cwd)).toEqual(['prd.md']);
    expect(await writePlan('.', { name: 'Courts', documents: [], tasks: [] }, cwd)).toEqual([]);
  });

  it('never overwrites what somebody wrote in the meantime', async () => {
    await writeFile(join(cwd, 'prd.md'), 'mine');
    const documents = [prdOf(whole)];
    expect(await writePlan('.', { name: 'Courts', documents, tasks: [] }, cwd)).toEqual(['prd-2.md']);
    expect(await readFile(join(cwd, 'prd.md'), 'utf8')).toBe('mine');
  });
});

describe('a document', () => {
  it('has its sections in document order, whatever the order of writing', () => {
    const shuffled = { ...whole, sections: whole.sections.toReversed() };
    expect(documentMarkdown('Courts', shuffled)).toBe(`# Courts

## Executive Summary

In short.

## Problem Statement

A problem.

## Success Metrics

Numbers.

## Appendix

More.
`);
  });

  it('says at its beginning and in the place what is missing, and marks what is unfinished', () => {
    const version = exampleVersion('prd', {
      problem_statement: { content: 'A problem.' },
      success_metrics: { status: 'failed', error: 'The provider did not answer. Retry.' },
      appendix: { status: 'cancelled', draft: 'Half a sen' },
    });
    expect(documentMarkdown('Courts', version)).toBe(`# Courts

> Not complete: 3 of 4 sections are missing or unfinished.

## Problem Statement

A problem.

## Success Metrics

> This section is missing. The provider did not answer. Retry.

## Appendix

> This text is unfinished. It was cancelled.

Half a sen

## Executive Summary

> This section is missing. It was cancelled.
`);
  });
});

describe('tasks', () => {
  const first = exampleTask(1, { labels: ['maps'], requirements: ['FR-1'], estimate: 1 });
  const second = exampleTask(12, {
    type: 'enabler',
    priority: 'low',
    estimate: null,
    dependencies: [first.id, 'f2d1f0e0-0000-4000-8000-000000000000'],
  });

  it('as Markdown name each other by key', () => {
    expect(tasksMarkdown({ name: 'Courts', tasks: [first, second] })).toBe(`# Courts: Tasks

## T-1: Task 1

Type: feature · Priority: high · Estimate: 1 · Labels: maps · Requirements: FR-1

What task 1 is about.

- [ ] It works.
- [ ] It is tested.

## T-12: Task 12

Type: enabler · Priority: low · Depends on: T-1, f2d1f0e0-0000-4000-8000-000000000000

What task 12 is about.

- [ ] It works.
- [ ] It is tested.
`);
  });

  it('on a terminal are a line each', () => {
    expect(taskLines([first, { ...second, dependencies: [first.id] }])).toEqual([
      '  T-1   Task 1 (feature, high, 1 point)',
      '  T-12  Task 12 (enabler, low, after T-1)',
    ]);
  });
});
