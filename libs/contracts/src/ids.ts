import { z } from 'zod';

/** A UUID in canonical lower-case form. Planwright mints version 7 (time-ordered); any version is accepted on input. */
export const uuid = z.uuid({ error: 'must be a UUID such as 0199f3a2-7c1e-7a43-9d52-1f0c8a6b4e21' }).toLowerCase();

/** An instant on the wire: ISO 8601, UTC, with milliseconds (`2026-11-21T02:21:24.123Z`). */
export const instant = z.iso.datetime({ error: 'must be an ISO 8601 instant in UTC' });

/** SHA-256 in lower-case hexadecimal. */
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal');

/** The workspace that exists from the first migration; `PLANWRIGHT_AUTH=off` acts as its admin. */
export const DEFAULT_WORKSPACE_ID = '00000000-0000-7000-8000-000000000001';
