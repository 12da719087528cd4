import fc from 'fast-check';
import { TinyTerminal } from '../test/tiny-terminal.js';
import type { Paper } from './paper.js';
import { PlainPaper, TerminalPaper } from './paper.js';

function onTerminal(columns = 40) {
  const terminal = new TinyTerminal(columns);
  let written = '';
  const out = (text: string) => {
    written += text;
    terminal.write(text);
  };
  const paper = new TerminalPaper({ out, columns: () => columns, colour: true });
  return { paper, terminal, written: () => written };
}
function onPipe() {
  let text = '';
  const paper: Paper = new PlainPaper((some) => (text += some));
  return { paper, text: () => text };
}

describe('a pipe', () => {
  it('gets the text as it is, and no status', () => {
    const { paper, text } = onPipe();
    paper.status('Working');
    paper.write(`${'long '.repeat(100)}end\tof line`);
    paper.close();
    expect(text()).toBe(`${'long '.repeat(100)}end\tof line\n`);
  });

  it('gets blocks with one blank line before them', () => {
    const { paper, text } = onPipe();
    paper.block('first', 'bold');
    paper.block('second');
    paper.write('text');
    paper.block('third');
    paper.line('');
    paper.block('fourth');
    expect(text()).toBe('first\n\nsecond\ntext\n\nthird\n\nfourth\n');
  });
});

it.each([['pipe'], ['terminal']])('a %s gets nothing that steers a terminal', (kind) => {
  const pipe = onPipe();
  const terminal = onTerminal();
  const paper = kind === 'pipe' ? pipe.paper : terminal.paper;
  paper.write('a\u001b[2J\u009bb\u0007\r\n');
  expect(kind === 'pipe' ? pipe.text() : terminal.written()).toContain('a[2Jb\n');
});

describe('a terminal', () => {
  it('shows a line as it grows, with the status below it', () => {
    const { paper, terminal } = onTerminal();
    paper.status('Working');
    paper.write('Players ');
    expect(terminal.lines).toEqual(['Players', 'Working']);
    paper.write('waste evenings.\nThey');
    expect(terminal.lines).toEqual(['Players waste evenings.', 'They', 'Working']);
    paper.status('Still working');
    expect(terminal.lines).toEqual(['Players waste evenings.', 'They', 'Still working']);
    paper.close();
    expect(terminal.lines).toEqual(['Players waste evenings.', 'They', '']);
  });

  it('breaks lines between words, and keeps lists in shape', () => {
    const { paper, terminal } = onTerminal(20);
    paper.write('- one two three four five\n  six');
    expect(terminal.lines).toEqual(['- one two three', '  four five', '  six']);
  });

  it('breaks a word that grows over the edge as one word', () => {
    const { paper, terminal } = onTerminal(21);
    paper.status('s');
    paper.write('one two three fou');
    paper.write('rteen');
    expect(terminal.lines).toEqual(['one two three', 'fourteen', 's']);
  });

  it('shortens the status to one row', () => {
    const { paper, terminal } = onTerminal(20);
    paper.status('PRD · stage 2 of 3 · 5 of 12 sections');
    expect(terminal.lines).toEqual(['', 'PRD · stage 2 of 3…']);
  });

  it('writes headings bold and the status dim, or neither', () => {
    const { paper, written } = onTerminal();
    paper.status('s');
    paper.block('## One', 'bold');
    expect(written()).toContain('\u001b[1m## One\u001b[22m\n');
    expect(written()).toContain('\u001b[2ms\u001b[22m');
    let plain = '';
    const colourless = new TerminalPaper({ out: (text) => (plain += text), columns: () => 40, colour: false });
    colourless.status('s');
    colourless.block('## One', 'bold');
    expect(plain).not.toContain('m');
  });

  it('draws nothing when the status is what it was', () => {
    const { paper, written } = onTerminal();
    paper.status('s');
    const before = written();
    paper.status('s');
    expect(written()).toBe(before);
  });

  it('leaves the same text however it arrives, with or without a status in between', () => {
    const piece = fc.oneof(
      fc.constantFrom('word ', 'a-rather-long-word-of-27-cols', '\n', '- ', '🎾 '),
      fc.string({ maxLength: 9 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const whole = onTerminal(30);
        whole.paper.write(pieces.join(''));
        whole.paper.close();
        const growing = onTerminal(30);
        for (const [i, some] of pieces.entries()) {
          growing.paper.status(i % 3 === 2 ? null : `status ${i}`);
          growing.paper.write(some);
        }
        growing.paper.close();
        expect(growing.terminal.lines).toEqual(whole.terminal.lines);
      }),
    );
  });
});
