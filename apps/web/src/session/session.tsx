import type { ReactElement, ReactNode } from 'react';
import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import { createClient, PlanwrightError } from '@planwright/client';
import { PlanwrightProvider } from '@planwright/client/react';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
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

const isRefused = (error: unknown) => error instanceof PlanwrightError && error.problem.status === 401;
/** The client itself sends again what may be sent again; asking once more than that helps nobody. */
const OPTIONS = { queries: { retry: false, staleTime: 5_000 }, mutations: { retry: false } };

/**
 * Who asks: the API's client with the key of this tab. When the server wants a key, or no longer takes the one it was given,
 * it is asked for on top of the page, which stays as it was.
 */
export function SessionProvider({ children }: { children: ReactNode }): ReactElement {
  const [key, setKey] = useState(() => sessionStorage.getItem(KEY));
  const [isAsked, setIsAsked] = useState(false);
  const client = useMemo(() => createClient({ url: location.origin, ...(key !== null && { apiKey: key }) }), [key]);
  const [queries] = useState(() => {
    const onError = (error: unknown) => {
      if (isRefused(error)) setIsAsked(true);
    };
    return new QueryClient({
      defaultOptions: OPTIONS,
      queryCache: new QueryCache({ onError }),
      mutationCache: new MutationCache({ onError }),
    });
  });
  const change = useCallback((next: string | null) => {
    if (next === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, next);
    setKey(next);
  }, []);
  const session = useMemo(
    () => ({
      hasKey: key !== null,
      signOut: () => {
        change(null);
        queries.clear();
        setIsAsked(true);
      },
    }),
    [key, change, queries],
  );
  const signIn = (next: string) => {
    change(next);
    setIsAsked(false);
    // With the new client, once it is rendered.
    setTimeout(() => void queries.invalidateQueries(), 0);
  };
  return (
    <SessionContext value={session}>
      <QueryClientProvider client={queries}>
        <PlanwrightProvider client={client}>
          {children}
          {isAsked && <SignIn isAgain={key !== null} onKey={signIn} />}
        </PlanwrightProvider>
      </QueryClientProvider>
    </SessionContext>
  );
}
