import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { BUNDLE_SCHEMA } from '@planwright/contracts';
import type { PlanBundle, PlanExport } from '@planwright/contracts';

/** The JSON bundle of a plan: the same plan gives the same bytes. */
export function bundleJson(plan: PlanExport): string {
  const bundle: PlanBundle = { schema: BUNDLE_SCHEMA, ...plan };
  return `${JSON.stringify(bundle, null, 2)}\n`;
}

/** SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal. */
export function sha256Of(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
