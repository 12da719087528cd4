import type { ReactNode } from 'react';
import { Component } from 'react';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';

interface Place {
  /** Where the reader is; somewhere else is a new start. */
  place: string;
}

/** Keeps a fault of one screen from taking the page with it. */
export class ErrorBoundary extends Component<Place & { children: ReactNode }, Place & { hasFailed: boolean }> {
  override state = { place: this.props.place, hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  static getDerivedStateFromProps({ place }: Place, before: Place): object | null {
    return place === before.place ? null : { place, hasFailed: false };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div role="alert">
        <Notice tone="bad" actions={<Button onClick={() => location.reload()}>Reload the page</Button>}>
          This screen stopped working. What you wrote and what is being written is safe on the server.
        </Notice>
      </div>
    );
  }
}
