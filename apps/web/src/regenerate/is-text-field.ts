const NOT_TYPED_IN = new Set(['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit']);

/** Something is typed into it: keys mean text there. */
export function isTextField(element: Element | null): boolean {
  if (element === null) return false;
  const name = element.tagName.toLowerCase();
  if (name === 'input') return !NOT_TYPED_IN.has((element.getAttribute('type') ?? 'text').toLowerCase());
  return name === 'textarea' || name === 'select' || (element as HTMLElement).isContentEditable === true;
}
