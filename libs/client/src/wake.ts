interface Page extends Partial<EventTarget> {
  document?: EventTarget & { visibilityState?: string };
}

/**
 * Calls the listener when a page is looked at again, comes out of the back/forward cache, or its network is back; never
 * where there is no page. Answers how to stop that.
 */
export function onWake(listener: () => void): () => void {
  const page = globalThis as Page;
  const { document } = page;
  const seen = () => {
    if (document?.visibilityState !== 'hidden') listener();
  };
  const heard: [Partial<EventTarget> | undefined, string][] = [
    [document, 'visibilitychange'],
    [page, 'online'],
    [page, 'pageshow'],
  ];
  for (const [target, name] of heard) target?.addEventListener?.(name, seen);
  return () => {
    for (const [target, name] of heard) target?.removeEventListener?.(name, seen);
  };
}
