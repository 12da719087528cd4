import { createContext, createElement, useContext } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { Client } from '../client.js';

const ClientContext = createContext<Client | null>(null);

/** Gives the components below it the client that their hooks use. */
export function PlanwrightProvider({ client, children }: { client: Client; children?: ReactNode }): ReactElement {
  return createElement(ClientContext.Provider, { value: client }, children);
}

/** The client of the `PlanwrightProvider` above. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('There is no <PlanwrightProvider client={…}> above this component.');
  return client;
}
