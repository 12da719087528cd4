import { ROUTES } from '@planwright/contracts';
import type { Route } from '@planwright/contracts';
import type { FastifyRequest } from 'fastify';

const SERVED = new Map(
  Object.values<Route>(ROUTES).map((route) => [`${route.method} ${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`, route]),
);

/** The entry of the table a request is served by; undefined for what is no part of the API. */
export function routeOf({ method, routeOptions }: Pick<FastifyRequest, 'method' | 'routeOptions'>): Route | undefined {
  return SERVED.get(`${method === 'HEAD' ? 'GET' : method} ${routeOptions.url ?? ''}`);
}
