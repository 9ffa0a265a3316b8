import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { loopback } from '../../test/loopback.ts';
import { failureOf } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import { publicHttp, type PublicHttpSettings, type Resolve } from './public-http.ts';

const SETTINGS: PublicHttpSettings = {
  allowedHosts: [],
  ports: [80, 443],
  redirectsMax: 2,
  bytesMax: 1000,
  connectTimeoutMs: 5000,
};

const to =
  (...addresses: readonly string[]): Resolve =>
  (_, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
const get = (
  url: string,
  settings: Partial<PublicHttpSettings>,
  resolve?: Resolve,
  cancellation = new Cancellation(),
) => publicHttp({ ...SETTINGS, ...settings }, resolve)(url, { cancellation });

test('a page is fetched, with its type and its final address', async () => {
  const { url, host } = await loopback((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<p>Hello</p>');
  });
  const page = await get(`${url}/a?b=c`, { allowedHosts: [host] });
  expect({ ...page, bytes: page.bytes.toString() }).toEqual({
    url: `${url}/a?b=c`,
    status: 200,
    contentType: 'text/html; charset=utf-8',
    bytes: '<p>Hello</p>',
    isCut: false,
  });
});

describe('never leaves the public internet', () => {
  test.each([
    'http://127.0.0.1/',
    'http://localhost.:80@127.0.0.1/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://10.0.0.1/',
    'https://user:secret@example.com/',
    'http://example.com:22/',
    'http://example.com\\@127.0.0.1/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'unix:/var/run/docker.sock',
    'javascript:alert(1)',
    'example.com',
    '',
    `http://example.com/${'a'.repeat(5000)}`,
  ])('%s is refused before anything is asked', async (url) => {
    const lookedUp: string[] = [];
    const resolve: Resolve = (host, done) => {
      lookedUp.push(host);
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    };
    expect((await failureOf(get(url, {}, resolve))).code).toBe('tool.rejected');
    expect(lookedUp.filter((host) => host !== 'example.com')).toEqual([]);
  });

  test.each([
    ['a private address', ['127.0.0.1']],
    ['a private address among public ones', ['93.184.216.34', '127.0.0.1']],
    ['a private address in IPv6 clothes', ['::ffff:127.0.0.1']],
    ['the address of a cloud’s own service', ['169.254.169.254']],
  ])('a name that stands for %s is refused', async (_, addresses) => {
    const { port, asked } = await loopback((__, response) => response.end());
    const error = await failureOf(get(`http://rebound.example:${port}/`, { ports: [port] }, to(...addresses)));
    expect([error.code, error.message]).toEqual(['tool.rejected', expect.stringContaining('public internet')]);
    expect(asked).toEqual([]);
  });

  test('a redirect is judged like any other address', async () => {
    const inside = await loopback((_, response) => response.end('inside'));
    const outside = await loopback((_, response) =>
      response.writeHead(302, { location: `${inside.url}/secret` }).end(),
    );
    const error = await failureOf(get(outside.url, { allowedHosts: [outside.host] }));
    expect([error.code, inside.asked]).toEqual(['tool.rejected', []]);
  });

  test('an allowed host is allowed with its port only', async () => {
    const { url, asked } = await loopback((_, response) => response.end());
    expect((await failureOf(get(url, { allowedHosts: ['127.0.0.1', '127.0.0.1:1'] }))).code).toBe('tool.rejected');
    expect(asked).toEqual([]);
  });
});

test('redirects are followed, relative ones too, up to a limit', async () => {
  const { url, host } = await loopback((request, response) => {
    const step = Number(request.path.slice(1));
    if (step > 0) response.writeHead(307, { location: `/${step - 1}` }).end();
    else response.end('there');
  });
  expect(await get(`${url}/2`, { allowedHosts: [host] })).toMatchObject({ url: `${url}/0`, status: 200 });
  expect((await failureOf(get(`${url}/3`, { allowedHosts: [host] }))).message).toContain('more than 2 times');
});

test('an allowed name is fetched wherever it leads', async () => {
  const { port, asked } = await loopback((_, response) => response.end('wiki'));
  const host = `wiki.example:${port}`;
  const page = await get(`http://${host}/`, { allowedHosts: [host] }, to('127.0.0.1'));
  expect([page.bytes.toString(), asked[0]?.headers.host]).toEqual(['wiki', host]);
});

test('a name is looked up once: what was judged is what is connected to', async () => {
  const { port } = await loopback((_, response) => response.end('here'));
  const host = `wiki.example:${port}`;
  let times = 0;
  const page = await get(`http://${host}/`, { allowedHosts: [host] }, (name, done) => {
    times += 1;
    to(times === 1 ? '127.0.0.1' : '127.0.0.2')(name, done);
  });
  expect([page.bytes.toString(), times]).toEqual(['here', 1]);
});

test('what is longer than the limit is cut, compressed or not', async () => {
  const { url, host } = await loopback((request, response) => {
    if (request.path === '/plain') response.end('a'.repeat(5000));
    else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000, 'a')));
  });
  for (const path of ['plain', 'bomb']) {
    const page = await get(`${url}/${path}`, { allowedHosts: [host] });
    expect([path, page.bytes.length, page.isCut]).toEqual([path, 1000, true]);
  }
});

test('a page that can’t be had is a failure of the tool', async () => {
  const { url, host } = await loopback((_, response) => response.destroy());
  expect((await failureOf(get(url, { allowedHosts: [host] }))).code).toBe('tool.failed');
  const gone: Resolve = (_, done) => done(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), []);
  const error = await failureOf(get('http://nobody.example/', {}, gone));
  expect([error.code, error.message]).toEqual(['tool.failed', expect.stringContaining('can’t be resolved')]);
});

test('cancelled, it stops with the reason', async () => {
  const cancellation = new Cancellation();
  const { url, host } = await loopback((_, response) => {
    response.write('slow');
    cancellation.cancel(new GatewayError('request.cancelled', 'Gone.'));
  });
  expect((await failureOf(get(url, { allowedHosts: [host] }, undefined, cancellation))).code).toBe('request.cancelled');
});
