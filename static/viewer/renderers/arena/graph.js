/** The graph of paths as it is sent, turned into points and lines in voxels. */

/** Drawn so far above the floor that it is not lost in it, in voxels. */
const ABOVE = 0.12;

/**
 * @typedef {object} Lines
 * @property {Float32Array} nodes  x, y, z of each
 * @property {Float32Array} lines  x, y, z of both ends of each edge, drawn once for both directions
 */

/**
 * @param {any} graph  voxel_size, nodes [{id: [z, y, x], pos: metres, edges: ids}]
 * @returns {Lines}
 */
export function linesOf({ voxel_size: scale, nodes }) {
  const key = (/** @type {number[]} */ [z, y, x]) => ((z + 1) * 65536 + y) * 65536 + x;
  const places = new Map(nodes.map((/** @type {any} */ node, /** @type {number} */ place) => [key(node.id), place]));
  const points = new Float32Array(nodes.length * 3);
  nodes.forEach((/** @type {any} */ { pos }, /** @type {number} */ place) => {
    points.set([pos[0] / scale, pos[1] / scale, pos[2] / scale + ABOVE], 3 * place);
  });
  const oneWay = new Set();
  /** @type {number[]} */
  const lines = [];
  nodes.forEach((/** @type {any} */ { edges }, /** @type {number} */ from) => {
    for (const id of edges) {
      const to = places.get(key(id));
      if (to === undefined || oneWay.has(to * nodes.length + from)) continue;
      oneWay.add(from * nodes.length + to);
      lines.push(from, to);
    }
  });
  const ends = new Float32Array(lines.length * 3);
  lines.forEach((place, end) => ends.set(points.subarray(3 * place, 3 * place + 3), 3 * end));
  return { nodes: points, lines: ends };
}

/**
 * A way as it is answered, in voxels.
 * @param {{path: number[][]}} answer
 * @param {number} scale  metres in a voxel
 */
export function wayOf({ path }, scale) {
  return path.map(([x, y, z]) => [x / scale, y / scale, z / scale + 2 * ABOVE]);
}
