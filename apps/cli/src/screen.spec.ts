import type { RunEventBody } from '@planwright/contracts';
import { bodiesOf, DOCUMENTS, exampleRun, numbered, runEnd, wholeRun } from '../test/example-run.js';
import { Paper, PlainPaper } from './paper.js';
import { Screen } from './screen.js';

const START = Date.parse('2026-11-21T09:30:00.000Z');
const prd = bodiesOf('prd');
const tech = bodiesOf('tech_spec');
const tasks = bodiesOf('task_set');

/** A paper with a status line, seen from outside. */
class StatusPaper extends Paper {
  readonly hasStatus = true;
  text = '';
  statuses: (string | null)[] = [];
  status(text: string | null): void {
    this.statuses.push(text);
  }
  protected put(text: string): void {
    this.text += text;
  }
}

function onPaper(titles = new Map<string, string>()) {
  let text = '';
  const clock = { now: START };
  const paper = new PlainPaper((some) => (text += some));
  const screen = new Screen({ paper, run: exampleRun(), titles, now: () => clock.now });
  return { screen, clock, text: () => text };
}
function shown(...bodies: RunEventBody[]): string {
  const { screen, text } = onPaper();
  for (const event of numbered(bodies)) screen.show(event);
  return text();
}
function onTerminal() {
  const clock = { now: START };
  const paper = new StatusPaper();
  const screen = new Screen({ paper, run: exampleRun(), titles: new Map(), now: () => clock.now });
  let seq = 0;
  const show = (...bodies: RunEventBody[]) => {
    for (const body of bodies) screen.show({ ...numbered([body])[0]!, seq: ++seq });
    return paper.statuses.at(-1);
  };
  return { screen, clock, paper, show };
}

describe('on a pipe', () => {
  it('a whole run reads from top to bottom', () => {
    expect(shown(...wholeRun())).toBe(`— PRD · stage 1 of 3 · 0 of 4 sections

# PRD

## Problem statement

Text of problem_statement.

— PRD · stage 1 of 3 · 1 of 4 sections · about 10 s left

## Success metrics

Text of success_metrics.

— PRD · stage 2 of 3 · 3 of 4 sections · about 4 s left

## Appendix

Text of appendix.

## Executive summary

Text of executive_summary.

— PRD · stage 3 of 3 · 4 of 4 sections

PRD: ready, 4 of 4 sections

— Tech spec · 0 of 1 section

# Tech spec

## Tech summary

Text of tech_summary.

Tech spec: ready

— Tasks · 0 of 1 section

Tasks: ready
`);
  });

  it('text appears as it arrives, and what overlaps appears once', () => {
    const { screen, text } = onPaper();
    const bodies = [
      prd.stage(1),
      prd.started('problem_statement'),
      prd.chunk('problem_statement', 0, 'Players '),
      prd.chunk('problem_statement', 4, 'ers waste'),
    ];
    const seen = numbered(bodies).map((event) => {
      const before = text().length;
      screen.show(event);
      return text().slice(before);
    });
    expect(seen[2]).toMatch(/\n## Problem statement\n\nPlayers $/);
    expect(seen[3]).toBe('waste');
  });

  it('titles that are known beforehand are used', () => {
    const { screen, text } = onPaper(new Map([[`${DOCUMENTS.prd.id}/problem_statement`, 'The Problem']]));
    for (const event of numbered([prd.started('problem_statement'), prd.chunk('problem_statement', 0, 'A')]))
      screen.show(event);
    expect(text()).toContain('## The Problem\n');
  });

  it('sections written side by side are never mixed; complete ones come next, whatever began first', () => {
    const text = shown(
      prd.stage(2),
      prd.started('success_metrics'),
      prd.started('appendix'),
      prd.started('executive_summary'),
      prd.chunk('success_metrics', 0, 'S1 '),
      prd.chunk('appendix', 0, 'A1 '),
      prd.chunk('executive_summary', 0, 'E1 '),
      prd.complete('executive_summary', 'E1 E2'),
      prd.progress(1),
      prd.chunk('success_metrics', 3, 'S2'),
      prd.complete('success_metrics', 'S1 S2'),
      prd.progress(2),
      prd.chunk('appendix', 3, 'A2'),
    );
    expect(text.replaceAll(/\n+/g, '\n')).toContain(
      '## Success metrics\nS1 S2\n— PRD · stage 2 of 3 · 2 of 4 sections\n' +
        '## Executive Summary\nE1 E2\n## Appendix\nA1 A2',
    );
  });

  it('a section that is tried again says so and is shown from its beginning', () => {
    const text = shown(
      prd.started('problem_statement'),
      prd.chunk('problem_statement', 0, 'Half a sen'),
      prd.started('problem_statement', 2),
      prd.chunk('problem_statement', 10, 'late words of the first try'),
      prd.chunk('problem_statement', 0, 'A whole sentence.', 2),
      prd.complete('problem_statement', 'A whole sentence.', 2),
    );
    expect(text).toBe(
      '# PRD\n\n## Problem statement\n\nHalf a sen\n\n(That try broke off. The section is written anew.)\n\nA whole sentence.',
    );
  });

  it('a section whose try shows nothing yet is tried again without a word', () => {
    const text = shown(
      prd.started('problem_statement'),
      prd.started('problem_statement', 2),
      prd.chunk('problem_statement', 0, 'A', 2),
    );
    expect(text).toBe('# PRD\n\n## Problem statement\n\nA');
  });

  it('a section that has to wait makes way for the others and comes back later', () => {
    const text = shown(
      prd.started('success_metrics'),
      prd.started('appendix'),
      prd.chunk('success_metrics', 0, 'Half'),
      prd.chunk('appendix', 0, 'All of it.'),
      prd.delayed('success_metrics', '2026-11-21T09:31:30.000Z'),
      prd.complete('appendix', 'All of it.'),
      prd.started('success_metrics', 2),
      prd.chunk('success_metrics', 0, 'Whole.', 2),
    );
    expect(text).toBe(`# PRD

## Success metrics

Half

(That try broke off. The section is written again later.)

— Success metrics waits 1 min 30 s (rate limited)

## Appendix

All of it.

## Success metrics

Whole.`);
  });

  it('a failed section says why, also in the middle of its text or without any', () => {
    const text = shown(
      prd.started('problem_statement'),
      prd.chunk('problem_statement', 0, 'Half a sen'),
      prd.failed('problem_statement', 'The provider did not answer in time. Retry.'),
      prd.progress(0),
      prd.failed('success_metrics', 'Nothing to work from.'),
      prd.progress(0),
      prd.end('failed'),
      runEnd('failed', 'All failed.'),
    );
    expect(text).toBe(`# PRD

## Problem statement

Half a sen

✗ Not written: The provider did not answer in time. Retry.

— PRD · 0 of 4 sections

## Success metrics

✗ Not written: Nothing to work from.

PRD: failed, 0 of 4 sections
`);
  });

  it('a cancelled run ends where it stands and says nothing of what never began', () => {
    const text = shown(
      prd.stage(1),
      prd.started('problem_statement'),
      prd.chunk('problem_statement', 0, 'Half'),
      prd.end('cancelled'),
      tech.end('cancelled'),
      runEnd('cancelled'),
    );
    expect(text.split('## Problem statement\n\n')[1]).toBe(
      'Half\n\n(Cancelled here.)\n\nPRD: cancelled, 0 of 4 sections\n',
    );
  });

  it('a task list is no JSON on the screen', () => {
    const json = '{"tasks":[{"ref":"a"}]}';
    const text = shown(
      tasks.stage(1),
      tasks.started('tasks'),
      tasks.chunk('tasks', 0, json),
      tasks.complete('tasks', json),
    );
    expect(text).toBe('— Tasks · 0 of 1 section\n');
  });

  it('a task list that failed says why', () => {
    expect(shown(tasks.failed('tasks', 'No list.'))).toBe('# Tasks\n\n## Tasks\n\n✗ Not written: No list.\n');
  });

  it('a log that began anew repeats nothing', () => {
    const { screen, text } = onPaper();
    const bodies = wholeRun();
    for (const event of numbered(bodies.slice(0, 9))) screen.show(event);
    for (const event of numbered(bodies, 'b')) screen.show(event);
    expect(text()).toBe(shown(...bodies));
  });

  it('a very long section costs no more than its length', () => {
    const word = 'evening ';
    const count = 20_000;
    const chunks = Array.from({ length: count }, (_, i) => prd.chunk('problem_statement', i * word.length, word));
    const text = shown(prd.started('problem_statement'), ...chunks);
    expect(text).toHaveLength('# PRD\n\n## Problem statement\n\n'.length + count * word.length);
  });
});

it('what is told again after a reset is shown once, also under the same epoch', () => {
  const { screen, text } = onPaper();
  const events = numbered(wholeRun());
  for (const event of events.slice(0, 9)) screen.show(event);
  // The log lost everything from the fourth event on, and other numbers stand for it now.
  screen.reset();
  const retold = numbered([...events.slice(0, 3), ...events.slice(0, 3), ...events.slice(3)]);
  for (const event of retold) screen.show(event);
  expect(text()).toBe(shown(...wholeRun()));
});

describe('on a terminal', () => {
  it('the status line tells document, stage, sections, time left, and what is being written', () => {
    const { show, clock, screen, paper } = onTerminal();
    screen.tick();
    expect(paper.statuses).toEqual(['Waiting to begin']);
    expect(show(prd.stage(1))).toBe('PRD · stage 1 of 3 · 0 of 4 sections');
    expect(show(prd.started('problem_statement'))).toBe(
      'PRD · stage 1 of 3 · 0 of 4 sections · writing Problem statement',
    );
    show(prd.complete('problem_statement', 'P'), prd.progress(1, 95), prd.stage(2), prd.started('success_metrics'));
    expect(show(prd.started('appendix'))).toBe(
      'PRD · stage 2 of 3 · 1 of 4 sections · about 1 min 35 s left · 2 being written',
    );
    clock.now += 50_000;
    screen.tick();
    expect(paper.statuses.at(-1)).toContain('about 45 s left');
    clock.now += 60_000;
    screen.tick();
    expect(paper.statuses.at(-1)).toContain('almost done');
    expect(paper.text).not.toContain('—');
  });

  it('waiting sections count down', () => {
    const { show, clock, screen, paper } = onTerminal();
    show(prd.stage(2), prd.started('success_metrics'), prd.started('appendix'));
    show(prd.delayed('success_metrics', '2026-11-21T09:31:00.000Z'));
    expect(show(prd.delayed('appendix', '2026-11-21T09:30:24.000Z'))).toBe(
      'PRD · stage 2 of 3 · 0 of 4 sections · Appendix waits 24 s (rate limited) and 1 more',
    );
    clock.now += 10_000;
    screen.tick();
    expect(paper.statuses.at(-1)).toContain('Appendix waits 14 s');
    clock.now += 20_000;
    screen.tick();
    expect(paper.statuses.at(-1)).toContain('Appendix waits (rate limited)');
  });

  it('a lost connection is told until news arrive', () => {
    const { show, screen, paper } = onTerminal();
    show(prd.stage(1));
    screen.disconnected();
    expect(paper.statuses.at(-1)).toMatch(/ · connection lost, trying again$/);
    expect(show(prd.progress(1))).not.toContain('connection');
  });

  it('the status line goes when the run has ended', () => {
    const { show } = onTerminal();
    expect(show(...wholeRun())).toBeNull();
  });
});
