import { randomUUID } from 'node:crypto';
import { ROUTES } from '@planwright/contracts';

export type RouteName = keyof typeof ROUTES;
export const ROUTE_NAMES = Object.keys(ROUTES) as RouteName[];

/** Bodies of routes that need one. */
const BODIES: Partial<Record<RouteName, object>> = {
  updateProject: { name: 'x' },
  createTask: { title: 'A card' },
  updateTask: { title: 'A card' },
  moveTask: { status: 'todo' },
  decideSuggestion: { action: 'dismiss' },
  replaceColumns: { columns: [{ key: 'todo', title: 'To do', category: 'todo' }] },
  createWebhook: { url: 'https://example.com/', events: ['*'] },
  updateWebhook: { description: 'x' },
  createFeature: { description: 'Members swap slots.' },
};

/** Queries of routes that need one. */
const QUERIES: Partial<Record<RouteName, string>> = { exportProject: '?format=md' };

/** A request to a route about something with this id, with all the route asks for: nothing but the id can be wrong. */
export function requestAbout(
  name: RouteName,
  id: string,
): { method: string; path: string; headers: Record<string, string>; body: object | undefined } {
  const { method, path } = ROUTES[name];
  return {
    method,
    path: path.replace('{id}', id).replace(/\{(other|delivery_id)\}/, randomUUID()) + (QUERIES[name] ?? ''),
    headers: { 'if-match': '"2026-11-21T12:00:00.000Z"' },
    body: BODIES[name],
  };
}
