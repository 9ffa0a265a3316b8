import { padded, type Seeded } from './seeded.ts';

/** Makes what one kind of tool answers. */
type ToolKind = (chance: Seeded, rows: number) => unknown;

const NAMES = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Edsger Dijkstra', 'Barbara Liskov', 'Zoë Müller'];
const WORDS = 'retry timeout cache index login page button query worker report export image layout token upload'.split(
  ' ',
);
const sentence = ({ pick, below }: Seeded): string => Array.from({ length: 4 + below(8) }, () => pick(WORDS)).join(' ');
const list = <T>(rows: number, make: (at: number) => T): T[] => Array.from({ length: rows }, (_, at) => make(at));
const time = ({ below }: Seeded): string =>
  `2026-${padded(1 + below(11))}-${padded(1 + below(28))}T${padded(below(24))}:${padded(below(60))}:${padded(below(60))}Z`;

const orders: ToolKind = (chance, rows) => ({
  page: 1,
  total: rows,
  orders: list(rows, (at) => ({
    id: `ord_${100_000 + at * 7}`,
    customer: { id: chance.below(9000), name: chance.pick(NAMES), email: `user${chance.below(900)}@example.com` },
    status: chance.pick(['paid', 'open', 'shipped', 'cancelled']),
    currency: 'EUR',
    amount: chance.below(100_000) / 100,
    items: chance.below(9),
    createdAt: time(chance),
    shippingCountry: chance.pick(['DE', 'FR', 'US']),
    note: chance.below(4) === 0 ? sentence(chance) : null,
  })),
});

const pods: ToolKind = (chance, rows) => ({
  kind: 'PodList',
  apiVersion: 'v1',
  items: list(rows, () => ({
    metadata: {
      name: `web-${chance.hex(9)}-${chance.hex(5)}`,
      namespace: chance.pick(['prod', 'staging']),
      labels: { app: chance.pick(['web', 'api', 'worker']), 'pod-template-hash': chance.hex(9) },
      creationTimestamp: time(chance),
    },
    spec: {
      nodeName: `node-${chance.below(12)}`,
      containers: [
        { name: 'main', image: `registry.example.com/web:1.${chance.below(30)}`, ports: [{ containerPort: 8080 }] },
      ],
    },
    status: {
      phase: chance.pick(['Running', 'Running', 'Pending']),
      podIP: `10.2.${chance.below(250)}.${chance.below(250)}`,
      restarts: chance.below(4),
    },
  })),
});

const issues: ToolKind = (chance, rows) =>
  list(rows, (at) => ({
    number: 4000 - at,
    title: sentence(chance),
    state: chance.pick(['open', 'closed']),
    user: { login: chance.pick(['ada', 'grace', 'alan']), id: chance.below(99_999), type: 'User', site_admin: false },
    labels: list(chance.below(3), () => ({ name: chance.pick(['bug', 'docs', 'help wanted']), color: chance.hex(6) })),
    assignee: chance.below(3) === 0 ? null : { login: chance.pick(['ada', 'grace']), id: chance.below(99_999) },
    comments: chance.below(40),
    created_at: time(chance),
    html_url: `https://git.example.com/acme/shop/issues/${4000 - at}`,
    ...(chance.below(2) === 0 ? { milestone: `v${chance.below(5)}.0` } : {}),
  }));

const metrics: ToolKind = (chance, rows) =>
  list(rows, (at) => ({
    timestamp: 1_790_000_000 + at * 60,
    host: `srv-${at % 4}`,
    region: 'eu-central-1',
    cpu: chance.below(10_000) / 100,
    memory: chance.below(10_000) / 100,
    errors: chance.below(3),
  }));

const sqlRows: ToolKind = (chance, rows) => ({
  columns: ['user_id', 'plan', 'usage'],
  rows: list(rows, (at) => ({
    user_id: at + 1,
    plan: { name: chance.pick(['free', 'team', 'enterprise']), seats: chance.below(50), trial: chance.below(2) === 0 },
    usage: { requests: chance.below(100_000), tokens: chance.below(9_000_000), lastSeen: time(chance) },
  })),
  rowCount: rows,
});

/** What tools answer: kinds of rows, and whether their tool writes blanks into its JSON. */
export const TOOL_KINDS: Readonly<Record<string, readonly [ToolKind, blanks: number]>> = {
  orders: [orders, 2],
  'orders without blanks': [orders, 0],
  pods: [pods, 2],
  issues: [issues, 2],
  'issues without blanks': [issues, 0],
  metrics: [metrics, 0],
  'SQL rows': [sqlRows, 2],
};

/** A tool's answer with so many rows. */
export function toolJson([kind, blanks]: readonly [ToolKind, number], chance: Seeded, rows: number): string {
  return JSON.stringify(kind(chance, rows), null, blanks);
}
