import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate and its key, as a server takes them. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Certificates of one authority, and one of nobody. */
export interface Certificates {
  /** The file that makes a client trust the authority. */
  readonly authorityFile: string;
  readonly good: Certificate;
  readonly expired: Certificate;
  readonly wrongHost: Certificate;
  readonly selfSigned: Certificate;
}

/** Whether this machine can make certificates. */
export function canMakeCertificates(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Makes them all in a folder, which must be empty. */
export function makeCertificates(folder: string): Certificates {
  const run = (...words: readonly string[]): void => {
    execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  };
  const read = (name: string): Certificate => ({
    cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
    key: readFileSync(join(folder, `${name}.key`), 'utf8'),
  });
  const own = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const selfSigned = (name: string, ...more: readonly string[]): void =>
    run('req', '-x509', ...own, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2', ...more);
  writeFileSync(join(folder, 'ca.conf'), CA_CONF);
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'serial'), '01\n');
  selfSigned('authority', '-subj', '/CN=Authority of these tests');
  selfSigned('self-signed', '-subj', '/CN=127.0.0.1', '-addext', `subjectAltName=${HERE}`);
  const signed = (name: string, where: string, dates: readonly string[]): Certificate => {
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${where}\n`);
    run('req', ...own, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`];
    run('ca', '-batch', '-notext', '-config', 'ca.conf', ...files, ...dates);
    return read(name);
  };
  return {
    authorityFile: join(folder, 'authority.pem'),
    good: signed('good', HERE, ['-days', '2']),
    expired: signed('expired', HERE, ['-startdate', '20200101000000Z', '-enddate', '20200201000000Z']),
    wrongHost: signed('wrong-host', 'DNS:elsewhere.test', ['-days', '2']),
    selfSigned: read('self-signed'),
  };
}

const HERE = 'IP:127.0.0.1,DNS:localhost';

const CA_CONF = `
[ca]
default_ca = tests
[tests]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
certificate = authority.pem
private_key = authority.key
default_md = sha256
policy = any
[any]
commonName = supplied
`;
