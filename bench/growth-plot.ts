import { MEASURES, type Measure, type Series } from './growth-measures.js';
import { COLORS, colored, DASHED, dots, FAINT, GREY, type Point, path, text } from './svg.js';

const WIDTH = 360;
const HEIGHT = 220;
const LEFT = 52;
const TOP = 60;

/** Returns the place of a value on a logarithmic axis, and the powers of ten that the axis shows. */
interface Axis {
  readonly place: (value: number) => number;
  readonly powers: readonly number[];
}

/** Returns an SVG with a panel for each measure. On its logarithmic axes, linear growth is parallel to the dashed line. */
export function plotGrowth(series: readonly Series[]): string {
  const width = 2 * (LEFT + WIDTH) + 16;
  const height = 2 * (TOP + HEIGHT) + 36;
  const panels = MEASURES.map(({ key, title }, index) => {
    const x = LEFT + (index % 2) * (LEFT + WIDTH);
    const y = TOP + Math.floor(index / 2) * (TOP + HEIGHT);
    return `<g transform="translate(${x} ${y})">\n${panel(series, key, title)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
  font-family="sans-serif" font-size="12" fill="${GREY}">
<title>Cost by the number of ${series.map(({ name }) => name).join(', ')}</title>
${[legend(series), ...panels].join('\n')}
</svg>
`;
}

function legend(series: readonly Series[]): string {
  const entries = series.map(({ name }, index) => ({ name, style: colored(index) }));
  return [...entries, { name: 'linear', style: DASHED }]
    .map(({ name, style }, index) => {
      const x = LEFT + index * 110;
      return `${path(
        [
          [x, 16],
          [x + 22, 16],
        ],
        style,
      )}${text([x + 28, 20], name)}`;
    })
    .join('\n');
}

function panel(series: readonly Series[], measure: Measure, title: string): string {
  const steps = series.flatMap((one) => one.steps);
  const x = axis(
    steps.map(({ size }) => size),
    0,
    WIDTH,
  );
  const y = axis(
    steps.map((step) => step[measure]),
    HEIGHT,
    0,
  );
  const pointOf = (size: number, value: number): Point => [x.place(size), y.place(value)];
  const curves = series.map((one) => one.steps.map((step) => pointOf(step.size, step[measure])));
  return [
    text([0, -10], title),
    ...x.powers.map((size) =>
      path(
        [
          [x.place(size), 0],
          [x.place(size), HEIGHT],
        ],
        FAINT,
      ),
    ),
    ...x.powers.map((size) => text([x.place(size), HEIGHT + 18], String(size), 'middle')),
    ...y.powers.map((value) =>
      path(
        [
          [0, y.place(value)],
          [WIDTH, y.place(value)],
        ],
        FAINT,
      ),
    ),
    ...y.powers.map((value) => text([-6, y.place(value) + 4], String(value), 'end')),
    path(
      diagonal(x.powers, y.powers).map(([size, value]) => pointOf(size, value)),
      DASHED,
    ),
    ...curves.map((points, index) => `${path(points, colored(index))}${dots(points, COLORS[index])}`),
  ].join('\n');
}

function axis(values: readonly number[], start: number, end: number): Axis {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.ceil(Math.log10(Math.max(...values)));
  return {
    place: (value) => start + ((Math.log10(value) - from) / (to - from)) * (end - start),
    powers: Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index)),
  };
}

/** One power of ten up for each one to the right, from the origin. */
function diagonal(sizes: readonly number[], values: readonly number[]): Point[] {
  const length = Math.min(sizes.length, values.length);
  return [0, length - 1].map((index) => [sizes[index] ?? 1, values[index] ?? 1]);
}
