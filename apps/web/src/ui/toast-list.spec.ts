import { describe, expect, it } from '@jest/globals';
import { withoutToast, withToast } from './toast-list.js';
import type { ShownToast } from './toast-list.js';

interface Said {
  id: string;
  title: string;
}

const say = (all: readonly ShownToast<Said>[], id: string, title: string, instead?: string) =>
  withToast(all, { id, title }, instead);
const shown = (all: readonly ShownToast<Said>[]) => all.map(({ key, toast }) => `${key}: ${toast.title}`);

describe('toasts', () => {
  it('has one of each id, which keeps its place and its element as it changes', () => {
    const all = say(say(say([], 'a', 'begins'), 'b', 'begins'), 'a', 'is done');
    expect(shown(all)).toEqual(['a: is done', 'b: begins']);
  });

  it('lets one take the place of another, under its own id', () => {
    const all = say(say([], 'new-1', 'is sent'), 'feature-7', 'is written', 'new-1');
    expect(shown(all)).toEqual(['new-1: is written']);
    expect(shown(say(all, 'feature-7', 'is there'))).toEqual(['new-1: is there']);
  });

  it('keeps one where both are there already', () => {
    const all = say(say(say([], 'new-1', 'is sent'), 'feature-7', 'early'), 'feature-7', 'is written', 'new-1');
    expect(shown(all)).toEqual(['feature-7: is written']);
  });

  it('shows it anyway where the one to be replaced was dismissed', () => {
    const all = withoutToast(say([], 'new-1', 'is sent'), 'new-1');
    expect(shown(say(all, 'feature-7', 'is written', 'new-1'))).toEqual(['feature-7: is written']);
  });

  it('gives no element twice', () => {
    const all = say(say([], 'a', 'one'), 'b', 'two', 'a');
    expect(shown(say(all, 'a', 'three'))).toEqual(['a: two', 'a+: three']);
  });
});
