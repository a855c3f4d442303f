/** Boards found in any JSON: lists of letters or of small values, all rows as long as each other. */

/** @typedef {{path: string, width: number, height: number, sides: boolean, tile: (x: number, y: number) => string}} Board  sides: there are large and small letters */

const NAMED = /(board|grid|map|field|maze|level|rows|tiles|cells|screen|layout|arena|matrix)$/i;
const MOST_TILES = 40_000;
const LONGEST_TILE = 3;
const LARGEST_TILE = 99;
/** Of the tiles, so many may differ where nothing says that it is a board. */
const FEW = 0.3;
const MOST_KINDS = 40;
const EMPTY = new Set(['', ' ', '.', '0', '_', '-', 'null', 'false', '·']);
const FULL = new Set(['#', '1', '█', 'true']);

/**
 * A value as a board, or null where it is none.
 * @param {any} value
 * @param {string} path
 * @param {boolean} [told] that it is one
 * @returns {Board | null}
 */
export function boardOf(value, path, told = false) {
  const rows = rowsOf(value, told);
  if (!rows) return null;
  const [height, width] = [rows.length, rows[0].length];
  if (height * width > MOST_TILES || height < 2 || width < 2) return null;
  /** @type {Set<string>} */
  const kinds = new Set();
  for (const row of rows) {
    for (const tile of row) {
      const name = tileName(tile);
      if (name === null) return null;
      kinds.add(name);
    }
  }
  const least = Math.min(width, height) >= 3 && kinds.size <= Math.max(3, height * width * FEW);
  if (!told && (kinds.size > MOST_KINDS || !(NAMED.test(path) || least))) return null;
  const letters = [...kinds].join('');
  const sides = /[a-z]/.test(letters) && /[A-Z]/.test(letters);
  return { path, width, height, sides, tile: (x, y) => tileName(rows[y]?.[x]) ?? '' };
}

/**
 * @param {any} value
 * @param {boolean} told
 * @returns {(string | any[])[] | null}
 */
function rowsOf(value, told) {
  const rows = typeof value === 'string' && value.includes('\n') ? value.split('\n') : value;
  if (!Array.isArray(rows) || rows.length < 2) return null;
  const full = rows.at(-1) === '' ? rows.slice(0, -1) : rows;
  const kind = typeof full[0];
  const even = full.every(
    (row) =>
      typeof row === kind &&
      (kind === 'string' || Array.isArray(row)) &&
      (told || row.length === full[0].length),
  );
  return even && full[0].length ? full : null;
}

/**
 * @param {any} tile
 * @returns {string | null} null where it is no tile
 */
function tileName(tile) {
  if (tile === null || tile === undefined) return '';
  if (typeof tile === 'string') return tile.length <= LONGEST_TILE ? tile : null;
  if (typeof tile === 'boolean') return String(tile);
  return Number.isInteger(tile) && Math.abs(tile) <= LARGEST_TILE ? String(tile) : null;
}

/** @param {string} tile */
export function isEmpty(tile) {
  return EMPTY.has(tile);
}

/** @param {string} tile */
export function isWall(tile) {
  return FULL.has(tile);
}
