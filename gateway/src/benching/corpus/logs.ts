import { padded, type Seeded } from './seeded.ts';

/** Writes the lines of one kind of system. `second` counts up. */
type LogKind = (chance: Seeded, second: number) => string;

const clock = (second: number): string =>
  `${padded(Math.floor(second / 3600) % 24)}:${padded(Math.floor(second / 60) % 60)}:${padded(second % 60)}`;
const milliseconds = ({ below }: Seeded): string => padded(below(1000), 3);
const address = ({ below, pick }: Seeded): string => `10.${pick([250, 251])}.${below(20)}.${below(250)}`;
const block = ({ below, pick }: Seeded): string =>
  `blk_${pick(['-', ''])}${1 + below(9)}${padded(below(1e9), 9)}${padded(below(1e8), 8)}`;

const hdfs: LogKind = (chance, second) => {
  const { below, pick } = chance;
  const head = `081109 ${clock(second).replaceAll(':', '')} ${below(400)}`;
  const from = `${address(chance)}:${40_000 + below(9999)}`;
  return pick([
    () =>
      `${head} INFO dfs.DataNode$DataXceiver: Receiving block ${block(chance)} src: /${from} dest: /${address(chance)}:50010`,
    () =>
      `${head} INFO dfs.DataNode$PacketResponder: PacketResponder ${below(3)} for block ${block(chance)} terminating`,
    () =>
      `${head} INFO dfs.DataNode$PacketResponder: Received block ${block(chance)} of size ${pick([67_108_864, 3_542_967])} from /${address(chance)}`,
    () =>
      `${head} INFO dfs.FSNamesystem: BLOCK* NameSystem.addStoredBlock: blockMap updated: ${address(chance)}:50010 is added to ${block(chance)} size 67108864`,
    () =>
      `${head} WARN dfs.DataNode$DataXceiver: ${address(chance)}:50010:Got exception while serving ${block(chance)} to /${address(chance)}:`,
  ])();
};

const hadoop: LogKind = (chance, second) => {
  const { below, pick } = chance;
  const head = `2015-10-18 ${clock(second)},${milliseconds(chance)}`;
  const task = `attempt_1445144423722_0020_m_${padded(below(10), 6)}_${below(2)}`;
  return pick([
    () =>
      `${head} INFO [IPC Server handler ${below(30)} on 62270] org.apache.hadoop.mapred.TaskAttemptListenerImpl: Progress of TaskAttempt ${task} is : 0.${padded(below(1e6), 6)}`,
    () =>
      `${head} WARN [LeaseRenewer:msrabi@msra-sa-41:9000] org.apache.hadoop.hdfs.LeaseRenewer: Failed to renew lease for [DFSClient_NONMAPREDUCE_1537864556_1] for ${below(900)} seconds.  Will retry shortly ...`,
    () =>
      `${head} WARN [LeaseRenewer:msrabi@msra-sa-41:9000] org.apache.hadoop.ipc.Client: Address change detected. Old: msra-sa-41/10.190.173.170:9000 New: msra-sa-41:9000`,
    () =>
      `${head} ERROR [RMCommunicator Allocator] org.apache.hadoop.mapreduce.v2.app.rm.RMContainerAllocator: ERROR IN CONTACTING RM. `,
    () =>
      `${head} INFO [AsyncDispatcher event handler] org.apache.hadoop.mapreduce.v2.app.job.impl.TaskAttemptImpl: ${task} TaskAttempt Transitioned from ${pick(['NEW to UNASSIGNED', 'UNASSIGNED to ASSIGNED', 'ASSIGNED to RUNNING'])}`,
  ])();
};

const spark: LogKind = (chance, second) => {
  const { below, pick } = chance;
  const head = `17/06/09 ${clock(second)} INFO`;
  const part = below(40);
  return pick([
    () => `${head} storage.BlockManager: Found block rdd_${2 + below(40)}_${part} locally`,
    () =>
      `${head} executor.Executor: Finished task ${part}.0 in stage ${below(30)}.0 (TID ${below(2000)}). ${2000 + below(400)} bytes result sent to driver`,
    () => `${head} executor.Executor: Running task ${part}.0 in stage ${below(30)}.0 (TID ${below(2000)})`,
    () => `${head} executor.CoarseGrainedExecutorBackend: Got assigned task ${below(2000)}`,
    () =>
      `${head} python.PythonRunner: Times: total = ${30 + below(50)}, boot = -${below(60)}, init = ${below(90)}, finish = ${below(2)}`,
  ])();
};

const openssh: LogKind = (chance, second) => {
  const { below, pick } = chance;
  const head = `Dec 10 ${clock(second)} LabSZ sshd[${24_000 + Math.floor(second / 7)}]:`;
  const from = pick(['173.234.31.186', '52.80.34.196', '103.99.0.122', '187.141.143.180', '183.62.140.253']);
  const port = 30_000 + below(29_999);
  return pick([
    () => `${head} Failed password for root from ${from} port ${port} ssh2`,
    () =>
      `${head} Failed password for invalid user ${pick(['admin', 'webmaster', 'oracle', 'test', 'pi'])} from ${from} port ${port} ssh2`,
    () =>
      `${head} pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${from}  user=root`,
    () => `${head} Received disconnect from ${from}: 11: Bye Bye [preauth]`,
    () =>
      `${head} reverse mapping checking getaddrinfo for ns.example.test [${from}] failed - POSSIBLE BREAK-IN ATTEMPT!`,
  ])();
};

const openstack: LogKind = (chance, second) => {
  const { below, pick } = chance;
  const head = `nova-api.log 2017-05-16 ${clock(second)}.${milliseconds(chance)} 25746 INFO`;
  const request = `[req-${chance.uuid()} 113d3a99c3da401fbd62cc2caa5b96d2 54fadb412c4e40cdbaed9335e4c35a9e - - -]`;
  return pick([
    () =>
      `${head} nova.osapi_compute.wsgi.server ${request} 10.11.10.1 "GET /v2/54fadb412c4e40cdbaed9335e4c35a9e/servers/detail HTTP/1.1" status: 200 len: ${1800 + below(200)} time: 0.${padded(below(1e7), 7)}`,
    () =>
      `${head} nova.virt.libvirt.imagecache ${request} image a3b1c2d4e5f60718 at (/var/lib/nova/instances/_base/a3b1c2d4e5f60718): checking`,
    () =>
      `${head} nova.compute.manager ${request} [instance: ${chance.uuid()}] VM ${pick(['Started', 'Paused', 'Resumed', 'Stopped'])} (Lifecycle Event)`,
  ])();
};

const apache: LogKind = (chance, second) => {
  const { below, pick } = chance;
  const day = pick(['notice', 'error']);
  const head = `[Sun Dec 04 ${clock(second)} 2005]`;
  if (day === 'notice') return `${head} [notice] workerEnv.init() ok /etc/httpd/conf/workers2.properties`;
  return pick([
    () => `${head} [error] mod_jk child workerEnv in error state ${6 + below(4)}`,
    () => `${head} [notice] jk2_init() Found child ${6000 + below(900)} in scoreboard slot ${6 + below(5)}`,
    () => `${head} [error] [client 222.166.160.${below(250)}] Directory index forbidden by rule: /var/www/html/`,
  ])();
};

const zookeeper: LogKind = (chance, second) => {
  const { below, pick } = chance;
  const head = `2015-07-29 ${clock(second)},${milliseconds(chance)} -`;
  return pick([
    () => `${head} WARN  [SendWorker:188978561024:QuorumCnxManager$SendWorker@688] - Send worker leaving thread`,
    () =>
      `${head} WARN  [RecvWorker:188978561024:QuorumCnxManager$RecvWorker@762] - Connection broken for id 188978561024, my id = ${1 + below(3)}, error = `,
    () =>
      `${head} INFO  [/10.10.34.${11 + below(3)}:3888:QuorumCnxManager$Listener@493] - Received connection request /10.10.34.${11 + below(3)}:${30_000 + below(29_999)}`,
    () =>
      `${head} WARN  [WorkerSender[myid=1]:QuorumCnxManager@368] - Cannot open channel to ${2 + below(2)} at election address /10.10.34.${12 + below(2)}:3888`,
    () =>
      `${head} INFO  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:ZooKeeperServer@839] - Client attempting to establish new session at /10.10.34.${below(40)}:${30_000 + below(29_999)}`,
  ])();
};

const linux: LogKind = (chance, second) => {
  const { below, pick } = chance;
  const head = `Jun 14 ${clock(second)} combo`;
  return pick([
    () =>
      `${head} sshd(pam_unix)[${19_000 + below(999)}]: authentication failure; logname= uid=0 euid=0 tty=NODEVssh ruser= rhost=218.188.2.${below(9)} `,
    () => `${head} sshd(pam_unix)[${19_000 + below(999)}]: check pass; user unknown`,
    () =>
      `${head} su(pam_unix)[${21_000 + below(999)}]: session ${pick(['opened', 'closed'])} for user ${pick(['cyrus', 'news'])} by (uid=0)`,
    () =>
      `${head} ftpd[${29_000 + below(999)}]: connection from 82.252.162.${below(250)} () at Tue Jun 14 ${clock(second)} 2005 `,
  ])();
};

const access: LogKind = (chance, second) => {
  const { below, pick } = chance;
  const agent = pick(['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 'curl/8.5.0', 'kube-probe/1.31']);
  const path = pick(['/api/v1/orders', '/api/v1/users', '/healthz', '/static/app.js', '/login']);
  return `${address(chance)} - - [23/Nov/2026:${clock(second)} +0000] "${pick(['GET', 'GET', 'POST'])} ${path} HTTP/1.1" ${pick([200, 200, 304, 500])} ${below(40_000)} "-" "${agent}"`;
};

/** Kinds of logs, after the systems whose shapes they have. */
export const LOG_KINDS: Readonly<Record<string, LogKind>> = {
  hdfs,
  hadoop,
  spark,
  openssh,
  openstack,
  apache,
  zookeeper,
  linux,
  access,
};

/** So many lines of a kind, in the order of their time. */
export function logOf(kind: LogKind, chance: Seeded, lines: number): string {
  let second = chance.below(80_000);
  return Array.from({ length: lines }, () => kind(chance, (second += chance.below(3)))).join('\n');
}
