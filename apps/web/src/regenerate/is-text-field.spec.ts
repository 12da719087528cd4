import { expect, it } from '@jest/globals';
import { isTextField } from './is-text-field.js';

const element = (tagName: string, type: string | null = null, isContentEditable = false) =>
  ({ tagName, isContentEditable, getAttribute: () => type }) as unknown as Element;

it.each([
  [element('TEXTAREA'), true],
  [element('INPUT'), true],
  [element('INPUT', 'search'), true],
  [element('DIV', null, true), true],
  [element('SELECT'), true],
  [element('INPUT', 'checkbox'), false],
  [element('BUTTON', 'submit'), false],
  [element('DIV'), false],
  [null, false],
])('%# knows where text is typed', (given, is) => {
  expect(isTextField(given)).toBe(is);
});
