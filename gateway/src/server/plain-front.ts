import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Roster } from '../model/roster.ts';
import type { ServerPorts } from './contract.ts';
import type { HttpSettings } from './http.ts';
import { HttpDate } from './plain-answer.ts';
import { PlainConnection, type PlainDoor } from './plain-connection.ts';
import type { Serving } from './platform-server.ts';

/** How often somebody looks for callers that are too slow. */
const SLOW_CALLERS_CHECK_MS = 1000;

/** The connections that are still plain. */
export interface PlainFront {
  readonly endIdle: () => void;
  readonly cut: () => void;
}

/** Node's own servers: one for whatever is asked, one for conversations, which begin as requests. */
export interface Fronted {
  readonly general: Server;
  readonly talking: Server;
}

/** Only these requests may become conversations. Any other that offers to speak another protocol is answered in this one. */
const TALK = /^GET (?:\/v1)?\/realtime[? ]/;
const TALK_BYTES = 24;

/** What a server does with a connection. */
function connector(server: Server): (socket: Socket) => void {
  const [take] = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  return (socket) => take?.call(server, socket);
}

/**
 * Stands between the sockets and Node's own server. Nearly every request is of the plainest form, and reading that form
 * by hand costs a fraction of a general server; whatever is not surely plain goes to the general one, whose judgement
 * is then the only one.
 */
export function plainFront(
  { general: server, talking }: Fronted,
  settings: HttpSettings,
  { serve, ports, isReady }: Pick<Serving, 'serve' | 'isReady'> & { readonly ports: ServerPorts },
): PlainFront {
  const connections = new Roster<PlainConnection>();
  const { clockMs } = ports.clocks;
  const round = setInterval(() => {
    const nowMs = clockMs();
    for (const connection of connections) connection.look(nowMs);
  }, SLOW_CALLERS_CHECK_MS).unref();
  server.once('close', () => clearInterval(round));
  const date = new HttpDate(ports.clocks.nowMs);
  const kept = `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(settings.keepAliveTimeoutMs / 1000)}\r\n`;
  const [toGeneral, toTalk] = [connector(server), connector(talking)];
  const door: PlainDoor = {
    ...settings,
    serve: (exchange) => void serve(exchange),
    handOver: (socket, bytes) => {
      const wantsToTalk = TALK.test(bytes.toString('latin1', 0, TALK_BYTES));
      (wantsToTalk ? toTalk : toGeneral)(socket);
      socket.emit('data', bytes);
    },
    isReady,
    clockMs,
    newId: ports.newId,
    lastLines: (isLast) => date.line() + (isLast || !isReady() ? 'connection: close\r\n' : kept),
    closed: (connection) => connections.delete(connection),
  };
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    connections.add(new PlainConnection(socket, door));
  });
  return {
    endIdle: () => {
      for (const connection of connections) connection.endWhenIdle();
    },
    cut: () => {
      for (const connection of connections) connection.abandon();
    },
  };
}
