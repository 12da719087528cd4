import type { ReactElement, ReactNode } from 'react';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { createClient } from '@planwright/client';
import { PlanwrightProvider } from '@planwright/client/react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { SignIn } from './sign-in.js';

/** Kept for this tab alone, and gone with it. */
const KEY = 'planwright.key';

interface Session {
  /** False where the server asks for no key. */
  hasKey: boolean;
  signOut: () => void;
}

const SessionContext = createContext<Session>({ hasKey: false, signOut: () => undefined });
export const useSession = (): Session => useContext(SessionContext);

/** The client itself sends again what may be sent again; asking once more than that helps nobody. */
const OPTIONS = { queries: { retry: false, staleTime: 5_000 }, mutations: { retry: false } };

/** With what this tab asks, from one sign-in to the next; null: without a key. */
interface Login {
  readonly key: string | null;
}

/** Asks as usual, and tells of answers that want a key, or another one. */
const noticing =
  (onRefused: () => void): typeof fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    if (response.status === 401) onRefused();
    return response;
  };

/**
 * Who asks: the API's client with the key of this tab. When the server wants a key, or no longer takes the one it was given,
 * it is asked for on top of the page, which stays as it was.
 */
export function SessionProvider({ children }: { children: ReactNode }): ReactElement {
  const [login, setLogin] = useState<Login>(() => ({ key: sessionStorage.getItem(KEY) }));
  /** The one that was refused last. An answer that comes late is about another one than is used by then. */
  const [refused, setRefused] = useState<Login | null>(null);
  const client = useMemo(() => {
    const { key } = login;
    const fetch = noticing(() => setRefused(login));
    return createClient({ url: location.origin, ...(key !== null && { apiKey: key }), fetch });
  }, [login]);
  const [queries] = useState(() => new QueryClient({ defaultOptions: OPTIONS }));
  const change = useCallback((key: string | null): Login => {
    if (key === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, key);
    const next = { key };
    setLogin(next);
    return next;
  }, []);
  const hasKey = login.key !== null;
  const session = useMemo(
    () => ({
      hasKey,
      signOut: () => {
        setRefused(change(null));
        queries.clear();
      },
    }),
    [hasKey, change, queries],
  );
  const readWith = useRef(client);
  useEffect(() => {
    if (readWith.current === client) return;
    readWith.current = client;
    // Effects of the screens have run by now: all of them ask with the new key.
    void queries.invalidateQueries();
  }, [client, queries]);
  return (
    <SessionContext value={session}>
      <QueryClientProvider client={queries}>
        <PlanwrightProvider client={client}>
          {children}
          {refused === login && <SignIn isAgain={hasKey} onKey={change} />}
        </PlanwrightProvider>
      </QueryClientProvider>
    </SessionContext>
  );
}
