import { colored, DASHED, FAINT, GREY, type Point, path, text } from '../svg.js';

const WIDTH = 360;
const HEIGHT = 180;
const LEFT = 60;
const TOP = 60;
const LINES = 4;

/** A curve over the seconds of the simulation: a point for every `stepSeconds`. NaN leaves a gap. */
interface Curve {
  readonly name: string;
  readonly values: readonly number[];
  readonly stepSeconds: number;
}

export interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
}

/** Returns an SVG with the panels in two columns. The dashed lines are at `marks`, in seconds. */
export function plotSeconds(
  title: string,
  panels: readonly Panel[],
  seconds: number,
  marks: readonly number[],
): string {
  const rows = Math.ceil(panels.length / 2);
  const [width, height] = [2 * (LEFT + WIDTH) + 16, rows * (TOP + HEIGHT) + 20];
  const groups = panels.map((one, index) => {
    const x = LEFT + (index % 2) * (LEFT + WIDTH);
    const y = TOP + Math.floor(index / 2) * (TOP + HEIGHT) - 20;
    return `<g transform="translate(${x} ${y})">\n${panelOf(one, seconds, marks)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
  font-family="sans-serif" font-size="12" fill="${GREY}">
<title>${title}</title>
${groups.join('\n')}
</svg>
`;
}

function panelOf({ title, curves }: Panel, seconds: number, marks: readonly number[]): string {
  const most = Math.max(...curves.flatMap(({ values }) => values.filter(Number.isFinite)), 1);
  const step = roundUp(most / LINES);
  const x = (second: number) => (second / seconds) * WIDTH;
  const y = (value: number) => HEIGHT * (1 - value / (LINES * step));
  const levels = Array.from({ length: LINES + 1 }, (_, index) => index * step);
  const ticks = Array.from({ length: Math.floor(seconds / 30) + 1 }, (_, index) => index * 30);
  return [
    text([0, -10], title),
    ...curves.map(
      ({ name }, index) =>
        `<g ${fill(index)}>${text([WIDTH - 60 * (curves.length - 1 - index), -10], name, 'end')}</g>`,
    ),
    ...levels.map((level) => line([0, y(level)], [WIDTH, y(level)], FAINT)),
    ...levels.map((level) => text([-6, y(level) + 4], String(level), 'end')),
    ...ticks.map((second) => text([x(second), HEIGHT + 16], `${second} s`, 'middle')),
    ...marks.map((second) => line([x(second), 0], [x(second), HEIGHT], DASHED)),
    ...curves.map(({ values, stepSeconds }, index) => {
      const points = values.map((value, at): Point => [x((at + 0.5) * stepSeconds), y(value)]);
      return path(
        points.filter(([, at]) => Number.isFinite(at)),
        colored(index),
      );
    }),
  ].join('\n');
}

function line(from: Point, to: Point, style: string): string {
  return path([from, to], style);
}

function fill(index: number): string {
  return colored(index)
    .replace('stroke=', 'fill=')
    .replace(/ stroke-width="\d+"/, '');
}

/** The next number of the form 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= value) ?? 10) * power;
}
