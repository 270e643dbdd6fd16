import { z } from 'zod';
import { isJsonObject } from '../../../exact-json.js';

/** A JSON object, unchanged. `z.record` would drop a member named `__proto__`. */
export const jsonObject = z.custom<Readonly<Record<string, unknown>>>(isJsonObject, 'expected an object');

/** A JSON object whose members all have this shape. */
export function objectOf<Shape extends z.ZodType>(shape: Shape) {
  return jsonObject.transform((object, { issues }): Record<string, z.infer<Shape>> => {
    const members = Object.entries(object).map(([name, member]) => {
      const { data, error } = shape.safeParse(member);
      for (const { path, message } of error?.issues ?? []) {
        issues.push({ code: 'custom', input: member, path: [name, ...path], message });
      }
      return [name, data] as const;
    });
    return Object.fromEntries(members) as Record<string, z.infer<Shape>>;
  });
}
