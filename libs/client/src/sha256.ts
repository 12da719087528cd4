/** SHA-256 of a text's UTF-8 bytes in hex; null where the platform has none, as on pages that came over http. */
export async function sha256Of(text: string): Promise<string | null> {
  const { subtle } = crypto as { subtle?: typeof crypto.subtle };
  return subtle ? hexOf(await subtle.digest('SHA-256', new TextEncoder().encode(text))) : null;
}

/** 128 random bits. `crypto.randomUUID` is missing on pages that came over http. */
export const newKey = (): string => hexOf(crypto.getRandomValues(new Uint8Array(16)).buffer);

const hexOf = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
