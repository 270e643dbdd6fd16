/** Readable on white and on black. */
export const GREY = '#808893';
export const COLORS = ['#2f81f7', '#d9730d', '#2da44e'];
export const FAINT = `stroke="${GREY}" stroke-opacity="0.3"`;
export const DASHED = `stroke="${GREY}" stroke-dasharray="5 4"`;

export type Point = readonly [x: number, y: number];

export function colored(index: number): string {
  return `stroke="${COLORS[index]}" stroke-width="2"`;
}

export function path(points: readonly Point[], style: string): string {
  return `<path d="M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}" fill="none" ${style}/>`;
}

export function dots(points: readonly Point[], color = GREY): string {
  return points.map(([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${color}"/>`).join('');
}

export function text([x, y]: Point, content: string, anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
}
