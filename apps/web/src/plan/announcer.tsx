import type { ReactElement } from 'react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { Said } from './announcements.js';
import { nextAnnouncement, saidOf } from './announcements.js';
import type { ShownSection } from './shown-sections.js';

interface AnnouncerProps {
  sections: readonly ShownSection[];
  isWriting: boolean;
  /** Said when the writing ends. */
  outcome: string;
}

/** Tells a screen reader how the writing goes, in whole sentences and not too often. The text itself is silent. */
export function Announcer(props: AnnouncerProps): ReactElement {
  const [text, setText] = useState('');
  const said = useRef<Said | null>(null);
  const look = useEffectEvent(() => {
    const now = Date.now();
    said.current ??= saidOf(props.sections, props.isWriting, now);
    const next = nextAnnouncement(said.current, props.sections, props.isWriting, props.outcome, now);
    said.current = next.said;
    if (next.text !== null) setText(next.text);
  });
  useEffect(() => {
    look();
    const timer = setInterval(() => look(), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="visually-hidden" role="status" aria-live="polite" data-announcer="">
      {text}
    </div>
  );
}
