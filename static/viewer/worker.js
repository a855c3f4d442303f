/** Check and measure the lines of a chunk off the main thread; the bytes go there and back uncopied. */

import { readOffsets } from './lines.js';

const scope = /** @type {any} */ (self);

scope.onmessage = (/** @type {MessageEvent} */ event) => {
  const { id, bytes } = event.data;
  try {
    scope.postMessage({ id, bytes, offsets: readOffsets(bytes) }, [bytes.buffer]);
  } catch (error) {
    scope.postMessage({ id, failure: error instanceof Error ? error.message : String(error) });
  }
};
