import type { RefObject } from 'react';
import { useEffect, useState } from 'react';

/** Room below the newest text, in px. */
const BELOW = 96;

/**
 * Keeps the newest text in view while it is on. It stops as soon as the person scrolls or moves by the keyboard: from then on
 * the page stays where they put it.
 */
export function useFollow(
  text: RefObject<HTMLElement | null>,
  isWriting: boolean,
): { isOn: boolean; set(isOn: boolean): void } {
  const [isOn, set] = useState(false);
  const isActive = isOn && isWriting;
  useEffect(() => {
    const element = text.current;
    if (!isActive || !element) return;
    const stop = () => set(false);
    const stopByKey = ({ key }: KeyboardEvent) => {
      if (/^(?:Arrow(?:Up|Down)|Page(?:Up|Down)|Home|End|Tab| )$/.test(key)) stop();
    };
    let at = scrollY;
    const scrolled = () => {
      if (scrollY < at - 2) stop();
      at = scrollY;
    };
    const show = () => {
      const writing = element.querySelector('[data-look="writing"]');
      if (!writing) return;
      const { bottom, top } = writing.getBoundingClientRect();
      const by =
        bottom > innerHeight - BELOW
          ? bottom - innerHeight + BELOW
          : top < 0 && bottom < BELOW
            ? bottom - innerHeight / 2
            : 0;
      if (by === 0) return;
      at = Math.max(0, scrollY + by);
      scrollTo({ top: at, behavior: 'instant' });
    };
    const sizes = new ResizeObserver(show);
    sizes.observe(element);
    show();
    addEventListener('wheel', stop, { passive: true });
    addEventListener('touchmove', stop, { passive: true });
    addEventListener('keydown', stopByKey);
    addEventListener('scroll', scrolled, { passive: true });
    return () => {
      sizes.disconnect();
      removeEventListener('wheel', stop);
      removeEventListener('touchmove', stop);
      removeEventListener('keydown', stopByKey);
      removeEventListener('scroll', scrolled);
    };
  }, [isActive, text]);
  return { isOn, set };
}
