/** Why a credential that was understood does not let its bearer in; the message is for whoever sent it. */
export class AccessRefused extends Error {
  override readonly name = 'AccessRefused';

  constructor(
    /** Of the problem that is answered. `unavailable`: nothing is wrong with the credential as far as is known. */
    readonly code: 'unauthenticated' | 'forbidden' | 'unavailable',
    message: string,
  ) {
    super(message);
  }
}
