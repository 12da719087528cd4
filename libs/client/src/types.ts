import type { components, operations } from './openapi.js';

/** Every named shape of the REST API, from its OpenAPI file. */
export type Schemas = components['schemas'];

type Operation = keyof operations;
type Json<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : void;
type Responses<Name extends Operation> = operations[Name]['responses'];

/** What a route answers where it does what it was asked. */
export type Answer<Name extends Operation> =
  Responses<Name> extends { 201: infer Created }
    ? Json<Created>
    : Responses<Name> extends { 202: infer Accepted }
      ? Json<Accepted>
      : Responses<Name> extends { 200: infer Done }
        ? Json<Done>
        : void;

/** What a route takes in its query. */
export type Query<Name extends Operation> = NonNullable<operations[Name]['parameters']['query']>;

/** What a route takes as its body. `dry_run` is not said here: a method of its own asks for a preview. */
export type Body<Name extends Operation> = operations[Name] extends { requestBody?: infer Taken }
  ? Omit<Json<NonNullable<Taken>>, 'dry_run'>
  : never;

export type { Operation };
export type Problem = Schemas['Problem'];
export type Run = Schemas['Run'];
export type RunSummary = Schemas['RunSummary'];
export type RunEstimate = Schemas['RunEstimate'];
export type Version = Schemas['Version'];
export type Task = Schemas['Task'];
export type Column = Schemas['Column'];
export type EventsPage = Schemas['RunEventsResponse'];
