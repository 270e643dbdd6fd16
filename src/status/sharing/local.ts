import { hashOf, type Sharing, type TouchListener } from './share.js';

/** One instance by itself: it looks at everything that is watched here. */
export function createAlone(onTouch: TouchListener): Sharing {
  return {
    open: () => ({ holds: true, tell() {}, looked() {}, close() {} }),
    touch: (projectKey, toolId) => onTouch(hashOf(projectKey), toolId),
    close: async () => {},
  };
}
