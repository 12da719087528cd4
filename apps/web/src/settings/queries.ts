import { everyOf } from '@planwright/client';
import type { Client, Schemas } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';

/** What the settings read, each below `['settings']`. */
export const settings = {
  keys: (client: Client) =>
    queryOptions({
      queryKey: ['settings', 'api-keys'],
      queryFn: ({ signal }) => all(everyOf((page) => client.apiKeys.list(page, { signal }))),
    }),
  webhooks: (client: Client) =>
    queryOptions({
      queryKey: ['settings', 'webhooks'],
      queryFn: ({ signal }) => all(everyOf((page) => client.webhooks.list(page, { signal }))),
    }),
  deliveries: (client: Client, webhookId: string, status: Schemas['Delivery']['status'] | undefined) =>
    infiniteQueryOptions({
      queryKey: ['settings', 'webhooks', webhookId, status ?? 'all'],
      initialPageParam: null as string | null,
      queryFn: ({ pageParam, signal }) =>
        client.webhooks.deliveries(
          webhookId,
          { limit: 20, ...(status && { status }), ...(pageParam !== null && { cursor: pageParam }) },
          { signal },
        ),
      getNextPageParam: ({ next_cursor }) => next_cursor,
    }),
  audit: (client: Client) =>
    infiniteQueryOptions({
      queryKey: ['settings', 'audit-log'],
      initialPageParam: null as string | null,
      queryFn: ({ pageParam, signal }) =>
        client.auditLog.list({ limit: 50, ...(pageParam !== null && { cursor: pageParam }) }, { signal }),
      getNextPageParam: ({ next_cursor }) => next_cursor,
    }),
};

export const useApiKeys = () => useQuery(settings.keys(useClient()));
export const useWebhooks = () => useQuery(settings.webhooks(useClient()));
export const useAudit = () => useInfiniteQuery(settings.audit(useClient()));
export const useDeliveries = (webhookId: string, status: Schemas['Delivery']['status'] | undefined) =>
  useInfiniteQuery(settings.deliveries(useClient(), webhookId, status));

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
