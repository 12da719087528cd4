import { useEffect, useRef } from 'react';

/** Goes to the section in the address once it is there: after a reload it comes later than the page. */
export function useDeepLink(isThere: boolean): void {
  const wasThere = useRef(false);
  useEffect(() => {
    if (!isThere || wasThere.current) return;
    wasThere.current = true;
    const go = () => document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
    if (location.hash === '') return;
    go();
    // Again once what is above has its true height.
    const frame = requestAnimationFrame(() => requestAnimationFrame(go));
    return () => cancelAnimationFrame(frame);
  }, [isThere]);
}
