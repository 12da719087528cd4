import type { ReactElement } from 'react';
import { useSyncExternalStore } from 'react';
import styles from './shell.module.css';

const subscribe = (changed: () => void) => {
  addEventListener('online', changed);
  addEventListener('offline', changed);
  return () => {
    removeEventListener('online', changed);
    removeEventListener('offline', changed);
  };
};

/** Says that the network is gone, and that nothing is lost by it. */
export function OfflineBanner(): ReactElement {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  return (
    <div role="status" data-print="no">
      {!isOnline && (
        <p className={styles.banner}>
          You are offline. Runs go on without you; this page catches up when you are back.
        </p>
      )}
    </div>
  );
}
