import type { PrivateKind } from '../model/privacy.ts';

/** What each detector finds (the marked piece, between « and ») and what it leaves alone. None of it is anybody's. */
export interface Examples {
  readonly found: readonly string[];
  readonly left: readonly string[];
}

const joined = (...parts: readonly string[]): string => parts.join('');

/** Examples by kind. Keys are put together from parts, so that no scanner takes them for somebody's. */
export const EXAMPLES: Readonly<Record<PrivateKind, Examples>> = {
  email: {
    found: [
      'Write to «ada.lovelace@example.org».',
      '<«ada+news@mail.example.co.uk»>, please',
      "mailto:«o'brien@example.org»?subject=x",
      '«jörg@müller.example» and «ada@example.org»,«bob@example.org»',
      '"«ada_1@sub-domain.example.com»"',
      'from:«x@example.org»;',
    ],
    left: [
      'git@github.com:acme/tool.git',
      'npm i lodash@4.17.21 react@18.3.0-canary.abc',
      'icon@2x.png and logo@3x.avif',
      'systemctl start getty@tty1.service',
      '@decorator and a @ b.c',
      'uses: actions/checkout@v4',
      'user@localhost',
    ],
  },
  phone: {
    found: [
      'Call «(555) 123-4567» now',
      'or «555-123-4567»,',
      '«+1 (888) 555-1234»',
      '«+44 20 7946 0958» in London',
      '«+49 30 901820»',
      '«+4915123456789»',
      'Call «1234567890» or «555-123-4567»',
      '«1-800-555-0199»',
      '«415.555.2671»',
      'phone: «415 555 2671»',
      'Tel. «020 7946 0958»',
      '"phone_number": "«5551234567»"',
      'mobile «+33 6 12 34 56 78».',
      '«(212)555-0147» x',
    ],
    left: [
      'at 1699999999 or 1712345678901',
      '2024-01-15T10:00:00+00:00',
      'the order 4155552671 is late',
      'ISBN 978-0-306-40615-7',
      'call 1000000 times',
      '640 480 1024 and 300 400 5000',
      '10.4.2.1',
      '+10 -20 lines, +1,234, +352 -1056 lines',
      '550e8400-e29b-41d4-a716-446655440000',
      '@@ -100,7 +1001,7 @@',
    ],
  },
  ssn: {
    found: ['SSN «123-45-6789»', '«444-55-6666»', 'social security number: «123456789»', 'ssn «123 45 6789»'],
    left: ['123456789', '000-12-3456', '666-12-3456', '912-34-5678', '123-00-4567', '1123-45-6789', '123 45 6789'],
  },
  card: {
    found: [
      '«4111 1111 1111 1111»',
      '«4111-1111-1111-1111».',
      '«378282246310005» (Amex)',
      '«3782 822463 10005»',
      '«6011000990139424»',
      '«5555555555554444» 12/29 123',
      'no 12 «4111 1111 1111 1111» 123',
      '«30569309025904»',
    ],
    left: [
      '4111 1111 1111 1112',
      '1712345678901234567',
      '1234567890123456',
      '0000 0000 0000 0000',
      '4.111111111111111',
    ],
  },
  ip: {
    found: [
      'from «203.0.113.7»:8080',
      'http://«192.0.2.1»/x',
      '«10.1.2.3»/24',
      '«2001:db8::1»',
      '[«2001:0db8:85a3:0000:0000:8a2e:0370:7334»]:443',
      '«fe80::1ff:fe23:4567:890a»%eth0',
      '«::ffff:192.0.2.128»',
    ],
    left: [
      'version 10.4.2.1',
      'v1.2.3.4 and driver 31.0.15.3623',
      'Chrome/120.0.6099.109',
      '127.0.0.1, 0.0.0.0 and ::1',
      '1.3.6.1.4.1.311',
      'std::vector and abc::def',
      'aa:bb:cc:dd:ee:ff',
      '12:30:45',
      '1.2.3.4.5',
      '300.1.1.1',
      'section 3.2.1.4',
    ],
  },
  iban: {
    found: [
      '«DE89 3704 0044 0532 0130 00»',
      '«GB29NWBK60161331926819».',
      'IBAN: «FR14 2004 1010 0505 0001 3M02 606»',
      '«NL91ABNA0417164300»',
    ],
    left: ['DE89 3704 0044 0532 0130 01', 'GB00NWBK60161331926819', 'AB12CD34', 'SHA256 0123456789'],
  },
  passport: {
    found: ['Passport: «AB1234567»', 'my passport number is «C01X00T47»', '"passport_no": "«123456789»"'],
    left: ['AB1234567', 'the passport office opens at 9', 'passport.authenticate(12)'],
  },
  'driver-licence': {
    found: [
      "driver's license «D123-4567-8901»",
      'Driving licence no: «MORGA753116SM9IJ»',
      'drivers_license: «D1234567»',
    ],
    left: ['license MIT 2024', 'D1234567', "a driver's license costs 25"],
  },
  'birth-date': {
    found: [
      'Date of birth: «01/15/1980»',
      'DOB «1980-01-15»',
      'born on «March 3, 1990»',
      'geboren am «3. March 1990»',
      '"date_of_birth":"«1990-03-03»"',
      'born «3rd of March 1990»',
    ],
    left: ['2024-01-15', 'released on March 3, 1990', 'born in 1990', '01/15/2024'],
  },
  address: {
    found: [
      'at «123 Main Street» today',
      '«1600 Pennsylvania Ave NW, Washington, DC 20500»'.replace(' NW', ''),
      '«742 Evergreen Terrace, Springfield, IL 62704»',
      '«42 W. 5th Ave, Apt 3»',
      '«221B Baker St.»',
    ],
    left: ['3 reasons to do it this way', '10 ways to lane', 'route 66', '5 Street food stalls', 'line 12 Drive'],
  },
  credentials: {
    found: [
      'postgres://«ada:s3cret@db.example.org:5432»/app',
      'https://«token:x-oauth-basic-1@example.org»/repo.git',
      'redis://«:hunter22@cache.example.org»',
    ],
    left: [
      'postgres://user:password@localhost/db',
      'https://${USER}:${PASS}@example.org',
      'http://localhost:8080/@scope/x',
      'https://example.org:443/a@b',
    ],
  },
  secret: {
    found: [
      joined('«sk-', 'proj-Ab3dEf6hIj9kLm2nOp5q', 'Rs8t»'),
      joined('«sk-', 'ant-api03-Ab3dEf6hIj9kLm2nOp5q', '»'),
      joined('«AK', 'IAIOSFODNN7EXAMPL2', '»'),
      joined('«gh', 'p_16C7e42F292c6912E7710c838347Ae178B4a', '»'),
      joined('«AI', 'zaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe', '»'),
      joined('«xo', 'xb-123456789012-Ab3dEf6hIj9k', '»'),
      joined('«sk', '_live_4eC39HqLyjWDarjtT1zdp7dc', '»'),
      joined('«ey', 'JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N', '»'),
      joined('«-----BEGIN RSA PRIV', 'ATE KEY-----\nMIIEow==\n-----END RSA PRIV', 'ATE KEY-----» x'),
      'password: «hunter2hunter2»',
      'DB_PASSWORD=«s3cr3t-Passw0rd!»',
      joined('Authorization: Bearer «Ab3dEf6hIj9k', 'Lm2nOp5qRs8t»'),
    ],
    left: [
      'sk-xxxxxxxxxxxxxxxxxxxxxxxx',
      'password = config.password1',
      'const token = await getToken2();',
      'const password = userPassword1',
      'api_key: env:OPENAI_API_KEY1',
      'sha512-z3mYbQ0wXIcJ3hLQvXoKLV0xM9qL5b0rn0gN7zXc1w2J8x0f9YxkQ2a==',
      'commit da39a3ee5e6b4b0d3255bfef95601890afd80709',
      'password: string, secret?: boolean',
      'secret: Uint8Array',
    ],
  },
};
