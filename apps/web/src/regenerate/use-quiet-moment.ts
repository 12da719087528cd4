import { useEffect, useState } from 'react';
import { isTextField } from './is-text-field.js';

const LOOKED_EVERY_MS = 400;
/** Whoever pressed a key within this time is about to press another one. */
const SINCE_KEY_MS = 1_000;

/**
 * True from the first moment on in which a dialog disturbs nobody: no text field has the focus, no dialog or menu is open,
 * and no key was pressed just now.
 */
export function useQuietMoment(isWanted: boolean): boolean {
  const [isQuiet, setIsQuiet] = useState(false);
  useEffect(() => {
    if (!isWanted || isQuiet) return;
    let keyAt = Date.now();
    const onKey = () => (keyAt = Date.now());
    const look = () => {
      const isOpen = document.querySelector('dialog[open], [role="menu"]') !== null;
      if (!isOpen && !isTextField(document.activeElement) && Date.now() - keyAt >= SINCE_KEY_MS) setIsQuiet(true);
    };
    addEventListener('keydown', onKey, true);
    const timer = setInterval(look, LOOKED_EVERY_MS);
    return () => {
      clearInterval(timer);
      removeEventListener('keydown', onKey, true);
    };
  }, [isWanted, isQuiet]);
  return isQuiet;
}
