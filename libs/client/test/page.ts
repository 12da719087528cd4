import { JSDOM } from 'jsdom';
import type { Container } from 'react-dom/client';

/** A page for React to draw on: its globals stand until `leave`. */
export function openPage(): { root: Drawn; leave(): void } {
  const { window } = new JSDOM('<div id="root"></div>', { pretendToBeVisual: true });
  const given = {
    window,
    document: window.document,
    requestAnimationFrame: window.requestAnimationFrame.bind(window),
    IS_REACT_ACT_ENVIRONMENT: true,
  };
  Object.assign(globalThis, given);
  return {
    root: window.document.getElementById('root') as unknown as Drawn,
    leave() {
      window.close();
      for (const name of Object.keys(given)) Reflect.deleteProperty(globalThis, name);
    },
  };
}
type Drawn = Container & { textContent: string | null };
