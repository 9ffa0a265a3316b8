import { announced, type Detector, TRAIT } from './contract.ts';

const ANNOUNCING =
  /driver[’']?s?[ _-]?licen[cs]e|driving[ _-]?licen[cs]e|driver[ _-]?(?:id|permit)|\bDLN?(?= ?(?:number|no|#|:))|f[uü]hrerschein|permis de conduire/gi;
const NUMBER = /(?<![A-Za-z0-9])[A-Z0-9](?:[ -]?[A-Z0-9]){4,19}(?![A-Za-z0-9])/g;

/** Numbers of driving licences. Every state has its own form, so only a word before them tells. */
export const driverLicence: Detector = {
  kind: 'driver-licence',
  word: 'LICENCE',
  needs: TRAIT.digit,
  find: (text) =>
    announced(text, {
      word: ANNOUNCING,
      value: NUMBER,
      holds: (value) => value.replace(/\D/g, '').length >= 4,
      distance: 24,
    }),
};
