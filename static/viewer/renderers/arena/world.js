/** A world of voxels as it is sent, turned into cells to look things up in and faces to draw. No DOM, no three. */

/** What the codes of voxels mean; 0 is air. */
export const CODES = { solid: 1, lava: 2, water: 3, debris: 4, rubble: 5, dirt: 6, glass: 7, reinforced: 8, foliage: 9 };
/** @type {Record<number, string>} */
const MATERIALS = {
  1: 'solid', 2: 'lava', 3: 'water', 4: 'debris field', 5: 'solid debris', 6: 'dirt', 7: 'glass', 8: 'reinforced', 9: 'foliage',
};
/** Codes that are a floor: drawn as a tile at the foot of their cell, and walked through. */
const TILES = new Set([CODES.lava, CODES.water, CODES.dirt]);
/** Codes that nothing is seen through, so that what they touch is hidden. */
const OPAQUE = new Set([CODES.solid, CODES.debris, CODES.rubble, CODES.reinforced]);
/** Codes that a body cannot enter, as paths have it. */
const FIRM = new Set([CODES.solid, CODES.debris, CODES.rubble, CODES.glass, CODES.reinforced]);
/** A world larger than this is not drawn: its cells alone would be 32 MiB. */
const MOST_CELLS = 32 * 1024 * 1024;

/** Neighbours in the order of the faces: east, west, north, south, above, below. */
const ASIDE = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]];
/** The two directions along each face, in which its corners are counted; the shader has the same. */
const ALONG = [
  [[0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 1]],
  [[1, 0, 0], [0, 0, 1]], [[1, 0, 0], [0, 0, 1]],
  [[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 1, 0]],
];
export const TOP = 4;
const BELOW = 5;

/**
 * @typedef {object} Faces  of one material
 * @property {number} code
 * @property {number} count
 * @property {Int16Array} places  x, y, z and which face, for each
 * @property {Uint8Array} shades  light at its four corners, 0 to 255, for each
 *
 * @typedef {object} World
 * @property {[number, number, number]} size
 * @property {number} scale  metres in a voxel
 * @property {Uint8Array} cells  codes, x fastest, then y, then z
 * @property {Faces[]} faces
 * @property {number} voxels  how many there are
 * @property {number} shown  how many of them have a face that is seen
 */

/**
 * Read a world; one that cannot be drawn is refused in words.
 * @param {any} stated
 * @returns {World}
 */
export function readWorld(stated) {
  const size = sizeOf(stated?.size);
  const cells = new Uint8Array(size[0] * size[1] * size[2]);
  for (const wall of Array.isArray(stated.walls) ? stated.walls : []) {
    const [x, y, z, code = CODES.solid] = wall;
    if (isIn(size, x, y, z) && MATERIALS[code]) cells[(z * size[1] + y) * size[0] + x] = code;
  }
  const scale = Number(stated.voxel_size_m ?? stated.meta?.voxel_size_m) || 1;
  return { size, scale, cells, ...facesOf(size, cells) };
}

/**
 * @param {any} stated
 * @returns {[number, number, number]}
 */
function sizeOf(stated) {
  const sides = Array.isArray(stated) && stated.length === 3 ? stated : [];
  const whole = sides.length && sides.every((side) => Number.isInteger(side) && side > 0 && side < 32768);
  if (!whole) throw new Error('The world states no size.');
  const [x, y, z] = sides;
  if (x * y * z > MOST_CELLS) throw new Error('The world is too large to be drawn.');
  return [x, y, z];
}

/**
 * @param {[number, number, number]} size
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
function isIn([wide, deep, high], x, y, z) {
  return x >= 0 && y >= 0 && z >= 0 && x < wide && y < deep && z < high && Number.isInteger(x + y + z);
}

/**
 * The code at a place; 0 outside.
 * @param {{size: [number, number, number], cells: Uint8Array}} world
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
export function codeAt({ size: [wide, deep, high], cells }, x, y, z) {
  if (x < 0 || y < 0 || z < 0 || x >= wide || y >= deep || z >= high) return 0;
  return cells[(z * deep + y) * wide + x];
}

/** @param {number} code */
export function isFirm(code) {
  return FIRM.has(code);
}

/** @param {number} code */
export function isOpaque(code) {
  return OPAQUE.has(code);
}

/**
 * Faces that can be seen, by material: what another block covers is left out, and with it every block that is
 * closed in on all sides.
 * @param {[number, number, number]} size
 * @param {Uint8Array} cells
 */
function facesOf(size, cells) {
  const world = { size, cells };
  /** @type {Map<number, {places: number[], shades: number[]}>} */
  const found = new Map();
  let voxels = 0;
  let shown = 0;
  for (let z = 0, at = 0; z < size[2]; z += 1) {
    for (let y = 0; y < size[1]; y += 1) {
      for (let x = 0; x < size[0]; x += 1, at += 1) {
        const code = cells[at];
        if (!code) continue;
        voxels += 1;
        const faces = TILES.has(code) ? tile(world, x, y, z) : block(world, code, x, y, z);
        if (!faces.length) continue;
        shown += 1;
        const list = found.get(code) ?? { places: [], shades: [] };
        found.set(code, list);
        for (const face of faces) {
          list.places.push(x, y, z, face);
          list.shades.push(...light(world, TILES.has(code), x, y, z, face));
        }
      }
    }
  }
  const faces = [...found].map(([code, { places, shades }]) => ({
    code,
    count: places.length / 4,
    places: Int16Array.from(places),
    shades: Uint8Array.from(shades),
  }));
  return { faces, voxels, shown };
}

/**
 * A floor is seen from above, unless it is walled in on all sides.
 * @param {{size: [number, number, number], cells: Uint8Array}} world
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
function tile(world, x, y, z) {
  const open = ASIDE.some(
    ([dx, dy, dz], face) => face !== BELOW && !OPAQUE.has(codeAt(world, x + dx, y + dy, z + dz)),
  );
  return open ? [TOP] : [];
}

/**
 * @param {{size: [number, number, number], cells: Uint8Array}} world
 * @param {number} code
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
function block(world, code, x, y, z) {
  const faces = [];
  for (let face = 0; face < ASIDE.length; face += 1) {
    if (face === BELOW && z === 0) continue;
    const [dx, dy, dz] = ASIDE[face];
    const beside = codeAt(world, x + dx, y + dy, z + dz);
    if (!OPAQUE.has(beside) && beside !== code) faces.push(face);
  }
  return faces;
}

/** Light left at a corner that 0, 1, 2 or 3 of its neighbours stand before. */
const DIMMED = [255, 205, 160, 118];

/**
 * How light each corner of a face is, for what stands round it.
 * @param {{size: [number, number, number], cells: Uint8Array}} world
 * @param {boolean} flat  the face lies at the foot of its cell
 * @param {number} x
 * @param {number} y
 * @param {number} z
 * @param {number} face
 */
function light(world, flat, x, y, z, face) {
  const [ax, ay, az] = flat ? [0, 0, 0] : ASIDE[face];
  const [[ux, uy, uz], [vx, vy, vz]] = ALONG[face];
  const shut = (/** @type {number} */ u, /** @type {number} */ v) => {
    const code = codeAt(world, x + ax + u * ux + v * vx, y + ay + u * uy + v * vy, z + az + u * uz + v * vz);
    return OPAQUE.has(code) || code === CODES.foliage ? 1 : 0;
  };
  return [[-1, -1], [1, -1], [-1, 1], [1, 1]].map(([u, v]) => {
    const [one, other] = [shut(u, 0), shut(0, v)];
    return DIMMED[one && other ? 3 : one + other + shut(u, v)];
  });
}

/**
 * From above: the height and code of the highest block or floor of each column, for a map.
 * @param {World} world
 */
export function columnsOf({ size: [wide, deep, high], cells }) {
  const codes = new Uint8Array(wide * deep);
  const heights = new Uint8Array(wide * deep);
  for (let z = 0; z < high; z += 1) {
    for (let column = 0; column < wide * deep; column += 1) {
      const code = cells[z * wide * deep + column];
      if (!code) continue;
      codes[column] = code;
      heights[column] = TILES.has(code) ? z : Math.min(255, z + 1);
    }
  }
  return { codes, heights };
}
