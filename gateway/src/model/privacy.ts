/** The kinds of private data that can be found and masked. Settings and records name them so. */
export const PRIVATE_KINDS = [
  'email',
  'phone',
  'ssn',
  'card',
  'ip',
  'iban',
  'passport',
  'driver-licence',
  'birth-date',
  'address',
  'credentials',
  'secret',
] as const;

/** One kind of private data. */
export type PrivateKind = (typeof PRIVATE_KINDS)[number];
