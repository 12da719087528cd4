import type { PlanExport } from '@planwright/contracts';
import { parse } from 'csv-parse/sync';
import { assert, property } from 'fast-check';
import { anyPlan } from '../../test/any-plan.js';
import { feature, plan, task } from '../../test/plan.js';
import { csv } from './cells.js';
import { jiraCsv } from './jira.js';
import { linearCsv } from './linear.js';

const rowsOf = (text: string): string[][] => parse(text, { relax_column_count: false });
const objectsOf = (text: string): Record<string, string>[] => parse(text, { columns: true });

const two: PlanExport = plan({
  features: [feature(40, 'Share a court with friends')],
  tasks: [
    task(2, { labels: ['a b', 'c'], priority: 'urgent', status: 'done', type: 'bug' }),
    task(7, {
      feature: feature(40, '').id,
      dependencies: ['T-2'],
      labels: [],
      type: 'spike',
      status: 'in_progress',
      estimate: null,
    }),
  ],
});

describe('cells', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['a\nb', '"a\nb"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@A1', "'@A1"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['a=1', 'a=1'],
  ])('%j is written as %s', (text, expected) => {
    expect(csv([[text]])).toBe(`${expected}\r\n`);
  });

  it('have no byte order mark before them', () => {
    expect(jiraCsv(two).charCodeAt(0)).toBe('I'.charCodeAt(0));
  });
});

describe('for Jira', () => {
  const rows = rowsOf(jiraCsv(two));

  it('the header has no punctuation, and one name for each of several values', () => {
    expect(rows[0]).toEqual([
      ...[
        'Issue Type',
        'Issue ID',
        'Parent',
        'Summary',
        'Description',
        'Priority',
        'Status',
        'Story Points',
        'Labels',
        'Labels',
      ],
    ]);
    for (const name of rows[0] ?? []) expect(name).toMatch(/^[A-Za-z ]+$/);
  });

  it('epics come before what hangs on them', () => {
    expect(rows.slice(1).map((row) => row.slice(0, 4))).toEqual([
      ['Epic', '100', '', 'Court finder'],
      ['Epic', '101', '', 'Share a court with friends'],
      ['Bug', '2', '100', 'Task 2'],
      ['Task', '7', '101', 'Task 7'],
    ]);
    expect(rows.slice(3).map((row) => row.slice(5))).toEqual([
      ['Highest', 'Done', '3', 'a-b', 'c'],
      ['High', 'In Progress', '', 'spike', ''],
    ]);
  });

  it('a card tells what it hangs on and how it is accepted', () => {
    expect(rows.at(-1)?.[4]).toBe(
      'What task 7 is about.\n\nAcceptance criteria:\n* It works.\n* It is tested.\n\nDepends on: T-2\n\nRequirements: FR-1\n\nPlanwright: T-7',
    );
  });

  it('a summary is one line of at most 255 characters', () => {
    const [, , row] = rowsOf(jiraCsv(plan({ tasks: [task(1, { title: `a\nb ${'🎾'.repeat(200)}` })] })));
    expect(row?.[3]).toMatch(/^a b 🎾+…$/u);
    expect(row?.[3]?.length).toBeLessThanOrEqual(255);
    expect(row?.[3]?.isWellFormed()).toBe(true);
  });
});

describe('for Linear', () => {
  it('the columns are those of its own export, priorities are words, labels are joined', () => {
    const [first, second] = objectsOf(linearCsv(two));
    expect(Object.keys(first ?? {})).toEqual([
      ...[
        'Id',
        'Team',
        'Title',
        'Description',
        'Status',
        'Estimate',
        'Priority',
        'Project',
        'Creator',
        'Assignee',
        'Labels',
      ],
      ...[
        'Cycle Number',
        'Cycle Name',
        'Cycle Start',
        'Cycle End',
        'Created',
        'Updated',
        'Started',
        'Completed',
        'Canceled',
        'Archived',
      ],
    ]);
    expect(first).toMatchObject({
      Id: 'T-2',
      Title: 'Task 2',
      Status: 'Done',
      Priority: 'Urgent',
      Labels: 'a b, c, bug',
      Archived: '',
    });
    expect(second).toMatchObject({ Priority: 'High', Estimate: '', Labels: 'spike', Project: 'Court finder' });
  });

  it('the quote before a formula is one its importer takes away again', () => {
    const [row] = objectsOf(linearCsv(plan({ tasks: [task(1, { title: '=1+1' })] })));
    expect(row?.['Title']?.replace(/^'([+\-=@])/, '$1')).toBe('=1+1');
  });
});

it('any plan is a table in which each text is found and nothing is a formula', () => {
  assert(
    property(anyPlan, (one) => {
      for (const text of [jiraCsv(one), linearCsv(one)]) {
        const rows = rowsOf(text);
        for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
        const row = rows.find((cells) => cells.some((cell) => cell.includes('Planwright: T-1')));
        expect(row?.some((cell) => cell.includes(one.tasks[0]?.description.trim() ?? ''))).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});
