/** A private value and a sentence that somebody might write it in. */
export interface PlantedValue {
  readonly value: string;
  readonly sentence: string;
}

const joined = (...parts: readonly string[]): string => parts.join('');

/** Digits with the check digit that cards have. */
function card(first: string, length: number, seed: number): string {
  let digits = first;
  for (let at = digits.length; at < length - 1; at += 1) digits += String((seed * (at + 3) + at * at) % 10);
  let sum = 0;
  for (const [at, digit] of Array.from(digits).reverse().entries()) {
    const weighed = Number(digit) * (at % 2 === 0 ? 2 : 1);
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return digits + String((10 - (sum % 10)) % 10);
}

function plain(...values: readonly string[]): PlantedValue[] {
  return values.map((value) => ({ value, sentence: `Please note ${value} for later.` }));
}

function announcedBy(words: string, ...values: readonly string[]): PlantedValue[] {
  return values.map((value) => ({ value, sentence: `${words} ${value}, as agreed.` }));
}

const count = <T>(times: number, make: (at: number) => T): T[] => Array.from({ length: times }, (_, at) => make(at));

/** A hundred private values of all kinds. None of them is anybody's. */
export const PLANTED: readonly PlantedValue[] = [
  ...plain(...count(16, (at) => `person.${at}+x@mail${at}.example.org`)),
  ...plain('jörg@müller.example', "o'brien@example.co.uk"),
  ...plain(...count(6, (at) => `(555) 12${at}-456${at}`), ...count(4, (at) => `415-555-01${at}9`)),
  ...plain('+44 20 7946 0958', '+49 30 901820', '+1 (888) 555-1234', '+33 6 12 34 56 78', '+4915123456789'),
  ...announcedBy('You can call', '1234567890', '020 7946 0959'),
  ...plain(...count(7, (at) => `12${at}-45-678${at}`)),
  ...announcedBy('His social security number is', '219099999'),
  ...plain(...count(5, (at) => card('4', 16, at + 1)), card('37', 15, 3), card('55', 16, 5), card('6011', 16, 7)),
  ...plain('4111 1111 1111 1111', '5500-0000-0000-0004'),
  ...plain(...count(9, (at) => `203.0.113.${at + 10}`), '10.11.12.13'),
  ...plain('2001:db8::8a2e:370:7334', '2001:0db8:85a3:0000:0000:8a2e:0370:7335', 'fe80::1ff:fe23:4567:890a'),
  ...plain('DE89 3704 0044 0532 0130 00', 'GB29NWBK60161331926819', 'FR1420041010050500013M02606'),
  ...plain('NL91ABNA0417164300', 'ES9121000418450200051332', 'IT60X0542811101000000123456'),
  ...announcedBy('My passport number is', 'AB1234567', 'C01X00T47', '567890123'),
  ...announcedBy('Driver’s license no.', 'D123-4567-8901', 'MORGA753116SM9IJ', 'F25592150094'),
  ...announcedBy('Date of birth:', '01/15/1980', '1980-02-16', 'March 3, 1990', '4 April 1991'),
  ...plain('123 Main Street', '742 Evergreen Terrace, Springfield, IL 62704', '42 W. 5th Ave, Apt 3', '9 Elm Rd'),
  ...count(4, (at) => ({
    value: `ada${at}:s3cret-${at}x@db${at}.example.org:5432`,
    sentence: `Connect to postgres://ada${at}:s3cret-${at}x@db${at}.example.org:5432/app now.`,
  })),
  ...plain(
    joined('sk-', 'proj-Ab3dEf6hIj9kLm2nOp5qRs8t'),
    joined('sk-', 'ant-api03-Zb3dEf6hIj9kLm2nOp5qRs8t'),
    joined('AK', 'IAIOSFODNN7EXAMPL2'),
    joined('gh', 'p_16C7e42F292c6912E7710c838347Ae178B4a'),
    joined('xo', 'xb-123456789012-Ab3dEf6hIj9k'),
    joined('sk', '_live_4eC39HqLyjWDarjtT1zdp7dc'),
    joined('ey', 'JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N'),
    joined('-----BEGIN PRIV', 'ATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIV', 'ATE KEY-----'),
  ),
  ...announcedBy('The password is', 'hunter2hunter2', 'corr3ct-horse!'),
];
