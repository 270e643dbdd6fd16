import { parser } from '@prometheus-io/lezer-promql';
import type { Plugin } from 'graphql-yoga';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { STATUS_LIMITS } from '../../src/status/limits.js';
import { read } from '../support/documents.js';
import { startGateway } from '../support/gateway.js';

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

interface Alerts {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

/** A metric with the labels that an expression asks of it: undefined if any value will do. */
interface Selector {
  readonly metric: string;
  readonly labels: ReadonlyMap<string, readonly string[] | undefined>;
}

const dashboard: Dashboard = JSON.parse(read('docs/operating/dashboard.json'));
const alerts: Alerts = parse(read('docs/operating/alerts.yaml'));

const EXPRESSIONS: readonly (readonly [string, string])[] = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [`panel ${title}`, expr] as const),
  ),
  ...alerts.groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [`alert ${alert}`, expr] as const)),
];

/** Prometheus adds these to each metric that it reads. */
const ADDED = ['instance', 'job'];

/** The selectors of an expression, and the labels by which it groups. Throws if it is not PromQL. */
function readExpression(expr: string): { selectors: Selector[]; groupedBy: string[] } {
  // Grafana fills its variables in.
  const text = expr.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*');
  const selectors: { metric: string; labels: Map<string, readonly string[] | undefined> }[] = [];
  const groupedBy: string[] = [];
  let inGrouping = false;
  let label = '';
  parser.parse(text).iterate({
    enter(node) {
      const found = text.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${text}`);
      if (node.name === 'VectorSelector') selectors.push({ metric: '', labels: new Map() });
      const selector = selectors.at(-1);
      if (node.name === 'Identifier' && selector) selector.metric = found;
      if (node.name === 'GroupingLabels') inGrouping = true;
      if (node.name === 'LabelName' && inGrouping) groupedBy.push(found);
      else if (node.name === 'LabelName') label = found;
      if (node.name === 'StringLiteral') {
        const value = found.slice(1, -1);
        selector?.labels.set(label, value === '.*' ? undefined : value.split('|'));
      }
    },
    leave(node) {
      if (node.name === 'GroupingLabels') inGrouping = false;
    },
  });
  return { selectors, groupedBy };
}

/** The values of each label of each metric, in the text of `/metrics`. */
type Series = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

function readSeries(text: string): Series {
  const series = new Map<string, Map<string, Set<string>>>();
  for (const [, metric = '', labels = ''] of text.matchAll(/^([a-z_]\w*)(?:\{(.*)\})? \S+$/gm)) {
    const known = series.get(metric) ?? new Map<string, Set<string>>();
    series.set(metric, known);
    for (const [, name = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
      known.set(name, (known.get(name) ?? new Set()).add(value));
    }
  }
  return series;
}

const TOOL = '{ tool(projectId: "support-desk", toolId: "zendesk") { status } }';
const ZENDESK = Buffer.from('Tool:default/support-desk/zendesk').toString('base64url');
const WATCH = `subscription { toolStatus(watch: { tools: ["${ZENDESK}"] }) { status } }`;

/** Fails every operation of this name, as a defect of the gateway would. */
const defect: Plugin = {
  onExecute({ args }) {
    if (args.operationName === 'Defect') throw new Error('defect');
  },
};

let series: Series;

/** Everything that the expressions ask for has happened once: calls that fail in each way, polls, and a defect. */
beforeAll(async () => {
  const { url, query, sandbox } = await startGateway(
    {},
    { STATUS_INTERVAL_MS: '500' },
    {
      plugins: [defect],
      limits: { upstream: { probeDeadlineMs: 300 }, status: STATUS_LIMITS },
      onTestFinished: (stop) => void stopped.push(stop as () => Promise<void>),
    },
  );
  await Promise.all([query(TOOL), query(TOOL)]);
  for (const fault of [
    { kind: 'status', status: 503 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 429 },
    { kind: 'badjson' },
    { kind: 'reset', count: 3 },
    { kind: 'hang' },
  ] as const) {
    sandbox.inkeep.fault({ ...fault, operation: 'get-tool' });
    await query(TOOL);
  }
  await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'query Defect { __typename }', operationName: 'Defect' }),
  });
  sandbox.inkeep.fault({ kind: 'status', status: 500, operation: 'get-tool' });
  const events = new AbortController();
  const stream = await fetch(`${url}/graphql?${new URLSearchParams({ query: WATCH })}`, {
    headers: { accept: 'text/event-stream' },
    signal: events.signal,
  });
  const reader = (stream.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader();
  while (!(await reader.read()).value?.includes('data: ')) {}
  series = readSeries(await (await fetch(`${url}/metrics`)).text());
  events.abort();
  for (const stop of stopped.reverse()) await stop();
});

const stopped: (() => Promise<void>)[] = [];

describe.each(EXPRESSIONS)('%s', (_, expr) => {
  test('asks only for metrics, labels and values that the gateway has', () => {
    const { selectors, groupedBy } = readExpression(expr);
    expect(selectors.length).toBeGreaterThan(0);
    for (const { metric, labels } of selectors) {
      const known = series.get(metric);
      expect([metric, known]).toEqual([metric, expect.anything()]);
      const missing = [...labels].flatMap(([name, values]) =>
        ADDED.includes(name)
          ? []
          : (values ?? ['']).filter((value) => !known?.get(name)?.has(value)).map((v) => `${name}=${v}`),
      );
      expect(missing).toEqual([]);
      expect(groupedBy.filter((name) => !ADDED.includes(name) && !known?.has(name))).toEqual([]);
    }
  });
});

test('the variable of the dashboard lists the instances of a metric that exists', () => {
  const { query } = dashboard.templating.list.find(({ name }) => name === 'instance') ?? {};
  const [, metric = ''] = /^label_values\((\w+), instance\)$/.exec(query ?? '') ?? [];
  expect(series.has(metric)).toBe(true);
});

test('every metric of the gateway is on the dashboard', () => {
  const shown = EXPRESSIONS.flatMap(([, expr]) => readExpression(expr).selectors.map(({ metric }) => metric));
  const base = (name: string) => name.replace(/_(bucket|count|sum)$/, '');
  const names = [...series.keys()]
    .filter((name) => name.startsWith('gateway_') && name !== 'gateway_build_info')
    .map(base);
  expect([...new Set(names)].filter((name) => !shown.some((metric) => base(metric) === name))).toEqual([]);
});

test.each([
  ['a metric', 'gateway_upstream_breaker{service="inkeep"}'],
  ['a label', 'sum by (upstream) (gateway_upstream_breaker_state)'],
])('%s that does not exist would be found', (_, expr) => {
  const { selectors, groupedBy } = readExpression(expr);
  const labels = series.get(selectors[0]?.metric ?? '');
  expect(labels !== undefined && groupedBy.every((name) => labels.has(name))).toBe(false);
});

test('what is not PromQL is refused', () => {
  expect(() => readExpression('sum by (type) (rate(x[5m])')).toThrow('not PromQL');
});
