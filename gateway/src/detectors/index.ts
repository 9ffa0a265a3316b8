import { birthDate } from './birth-date.ts';
import type { Detector } from './contract.ts';
import { credentialUrl } from './credential-url.ts';
import { driverLicence } from './driver-licence.ts';
import { email } from './email.ts';
import { iban } from './iban.ts';
import { ipAddress } from './ip-address.ts';
import { passport } from './passport.ts';
import { paymentCard } from './payment-card.ts';
import { phone } from './phone.ts';
import { secret } from './secret.ts';
import { ssn } from './ssn.ts';
import { streetAddress } from './street-address.ts';

/** Every detector. Where findings of the same length are the same text, the earlier one names it. */
export const detectors: readonly Detector[] = [
  credentialUrl,
  secret,
  email,
  iban,
  paymentCard,
  ssn,
  passport,
  driverLicence,
  birthDate,
  ipAddress,
  phone,
  streetAddress,
];
