import { describe, expect, it } from '@jest/globals';
import { nextAnnouncement, plainOf, saidOf } from './announcements.js';
import type { ShownSection } from './shown-sections.js';

const section = (id: string, look: ShownSection['look'], text = ''): ShownSection => ({
  ...{ id, title: id.toUpperCase(), look, text, attempt: 1, error: null, advice: null, delay: null, warnings: [] },
});
const END = 'The plan is ready.';

describe('what is announced', () => {
  it('is nothing of what was there before', () => {
    const there = [section('a', 'done', 'Long ago.'), section('b', 'writing', 'Before the reload. ')];
    const said = saidOf(there, true, 0);
    expect(nextAnnouncement(said, there, true, END, 9_000).text).toBeNull();
  });

  it('is whole sentences, each once, and not before five seconds have passed', () => {
    let said = saidOf([section('a', 'coming')], true, 0);
    const at = (text: string, ms: number) => {
      const next = nextAnnouncement(said, [section('a', 'writing', text)], true, END, ms);
      said = next.said;
      return next.text;
    };
    expect(at('One. Two', 1_000)).toBeNull();
    expect(at('One. Two', 5_000)).toBe('One.');
    expect(at('One. Two is **bold**. And', 6_000)).toBeNull();
    expect(at('One. Two is **bold**. And', 10_000)).toBe('Two is bold .');
    expect(at('One. Two is **bold**. And more', 16_000)).toBeNull();
  });

  it('leaves out what is too much to read out', () => {
    const said = saidOf([section('a', 'coming')], true, 0);
    const text = 'Some sentence of a text. '.repeat(100);
    const next = nextAnnouncement(said, [section('a', 'writing', text)], true, END, 5_000);
    expect(next.text!.length).toBeLessThan(330);
    expect(next.text).toMatch(/^Some sentence/);
  });

  it('is that a section is finished, failed or delayed', () => {
    const said = saidOf([section('a', 'writing', 'x'), section('b', 'coming'), section('c', 'coming')], true, 0);
    const now = [section('a', 'done', 'x. Rest.'), section('b', 'failed'), section('c', 'delayed')];
    const next = nextAnnouncement(said, now, true, END, 5_000);
    expect(next.text).toBe('Section A finished. Section B failed. Section C is delayed.');
    expect(nextAnnouncement(next.said, now, true, END, 11_000).text).toBeNull();
  });

  it('is the end, at once', () => {
    const said = saidOf([section('a', 'writing', 'x')], true, 0);
    const next = nextAnnouncement(said, [section('a', 'done', 'x')], false, END, 100);
    expect(next.text).toBe('Section A finished. The plan is ready.');
    expect(nextAnnouncement(next.said, [section('a', 'done', 'x')], false, END, 9_000).text).toBeNull();
  });

  it('has no marks in it', () => {
    expect(plainOf('## Goals\n\n- **Work** [offline](https://example.org)\n1. `x` | y')).toBe('Goals Work offline x y');
  });
});
