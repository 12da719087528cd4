import type { FeatureAccepted, FeatureLiveEvent, FeatureResource, ServerFrame } from '@planwright/contracts';
import { featuresChannel, LIVE_SUBPROTOCOL } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import { WebSocket } from 'ws';
import { socketUrl } from './platform.js';

export interface Answer<Body> {
  status: number;
  location: string | null;
  body: Body;
}

/** Sends a request without a body, or with one, and reads the JSON that is answered. */
export async function ask<Body>(url: string, method: string, path: string, body?: object): Promise<Answer<Body>> {
  const response = await fetch(`${url}/v1${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const { status, headers } = response;
  return { status, location: headers.get('location'), body: (await response.json()) as Body };
}

export const askFeature = (url: string, projectId: string, description: string) =>
  ask<FeatureAccepted>(url, 'POST', `/projects/${projectId}/features`, { description });

export const readFeature = async (url: string, id: string): Promise<FeatureResource> =>
  (await ask<FeatureResource>(url, 'GET', `/features/${id}`)).body;

/** The feature once it has this status. */
export function untilFeature(url: string, id: string, status: FeatureResource['status'], timeoutMs = 30_000) {
  return waitFor(
    async () => {
      const feature = await readFeature(url, id);
      return feature.status === status && feature;
    },
    { what: `feature ${id} to be ${status}`, timeoutMs },
  );
}

/** Somebody who follows the features of a project over WebSocket. */
export interface FeatureFollower {
  readonly events: FeatureLiveEvent[];
  until(what: string, is: (event: FeatureLiveEvent) => boolean): Promise<FeatureLiveEvent>;
  cut(): void;
}

/** Resolves when the subscription is answered. */
export async function followFeatures(url: string, projectId: string): Promise<FeatureFollower> {
  const events: FeatureLiveEvent[] = [];
  const socket = new WebSocket(socketUrl(url), LIVE_SUBPROTOCOL);
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (frame.type === 'welcome') {
        socket.send(JSON.stringify({ type: 'subscribe', channel: featuresChannel(projectId) }));
      } else if (frame.type === 'subscribed') resolve();
      else if (frame.type === 'events') events.push(...(frame.events as FeatureLiveEvent[]));
      else if (frame.type === 'error') reject(new Error(`${frame.code}: ${frame.message}`));
    });
  });
  return {
    events,
    until: (what, is) => waitFor(() => events.find(is), { what, timeoutMs: 20_000 }),
    cut: () => socket.terminate(),
  };
}
