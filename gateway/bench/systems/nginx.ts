import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAST_MODEL } from '../../test/scripted-provider/fast-replies.ts';
import { upstreamPath } from './contract.ts';
import type { System } from './contract.ts';
import { runOnce } from './run-once.ts';
import { freePort, runProgram } from './run-program.ts';

/** The yardstick: one nginx worker that passes bytes and keeps connections alive on both sides. */
export const nginx: System = {
  id: 'nginx',
  title: 'nginx',
  required: false,
  missing: async () => {
    if (runOnce('nginx', ['-v']) === undefined) return undefined;
    return 'nginx is not installed, so there is nothing to divide by (Debian: apt-get install nginx-light)';
  },
  start: async ({ upstreamPort, folder }) => {
    const port = await freePort();
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, config(port, upstreamPort, folder));
    const program = await runProgram({
      command: 'nginx',
      args: ['-p', folder, '-c', file, '-e', join(folder, 'nginx-errors.log')],
      port,
      logFile: join(folder, 'nginx.log'),
    });
    return {
      port,
      ...program,
      address: (kind) => ({ path: upstreamPath(kind), model: FAST_MODEL, headers: {}, saysModel: FAST_MODEL }),
    };
  },
};

/** The body buffer holds the longest request, so that nginx writes no files. */
function config(port: number, upstreamPort: number, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 8192; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  client_body_buffer_size 128k;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  upstream provider {
    server 127.0.0.1:${upstreamPort};
    keepalive 512;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location / { proxy_pass http://provider; }
    location ~ ^/fast- { proxy_buffering off; proxy_pass http://provider; }
  }
}
`;
}
