import type { Schemas } from '@planwright/client';

export type { Body, NewRun } from '@planwright/client';
export type RunEstimate = Schemas['RunEstimate'];
export type Cost = Schemas['Cost'];
