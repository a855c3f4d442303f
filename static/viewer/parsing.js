/** Turn fetched bytes into blocks with the worker, or here where a worker cannot be had. */

import { Block, blockOf } from './lines.js';

/** @typedef {(bytes: Uint8Array<ArrayBuffer>) => Promise<Block>} Parse */

/**
 * @returns {Parse}
 */
export function parser() {
  const worker = startWorker();
  if (!worker) return async (bytes) => blockOf(bytes);

  /** @type {Map<number, {resolve: (block: Block) => void, reject: (error: Error) => void}>} */
  const waiting = new Map();
  let next = 0;
  worker.onmessage = ({ data }) => {
    const answer = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.failure) answer?.reject(new Error(data.failure));
    else answer?.resolve(new Block(data.bytes, data.offsets));
  };
  worker.onerror = () => {
    for (const answer of waiting.values())
      answer.reject(new Error('The recording cannot be read.'));
    waiting.clear();
  };
  return (bytes) =>
    new Promise((resolve, reject) => {
      next += 1;
      waiting.set(next, { resolve, reject });
      worker.postMessage({ id: next, bytes }, [bytes.buffer]);
    });
}

function startWorker() {
  try {
    return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  } catch {
    return null;
  }
}
