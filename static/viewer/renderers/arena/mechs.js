/** Mechs of a frame as they are to be drawn: where between two ticks, how turned, in what state. No three. */

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {'ready' | 'fallen' | 'hot' | 'legged' | 'dead'} Standing */

/** Bodies in voxels: wide, deep, high. @type {Record<string, [number, number, number]>} */
export const SIZES = { scout: [1.2, 1.2, 1.8], light: [1.5, 1.5, 2], medium: [2.5, 2.5, 3], heavy: [3.5, 3.5, 4] };
export const CLASSES = Object.keys(SIZES);
/** Farther than this between two ticks is no walk, in voxels; the fastest walk covers two. */
const LONGEST_STEP = 6;
const TURN = 2 * Math.PI;

/**
 * @typedef {object} Mech
 * @property {string} id
 * @property {string} team
 * @property {string} kind  scout, light, medium or heavy
 * @property {[number, number, number]} size
 * @property {[number, number, number]} at  its middle, in voxels
 * @property {number} yaw
 * @property {Standing} standing
 * @property {number} health  0 to 1, as are the next two
 * @property {number} heat  may be above 1
 * @property {number} stability
 * @property {number} stride  how far its legs swing, −1 to 1
 * @property {any} state  as it was recorded
 */

/**
 * @param {Snapshot} snapshot
 * @param {Snapshot | null} previous
 * @param {number} fraction
 * @returns {Mech[]}
 */
export function mechsOf(snapshot, previous, fraction) {
  return Object.entries(snapshot.mechs ?? {})
    .filter(([, state]) => isPlace(state?.pos))
    .map(([id, state]) => mechOf(id, state, previous?.mechs?.[id], fraction));
}

/**
 * @param {string} id
 * @param {any} state
 * @param {any} before
 * @param {number} fraction
 * @returns {Mech}
 */
export function mechOf(id, state, before, fraction) {
  const walked = fraction < 1 && isSameWalk(before, state);
  const kind = SIZES[state.class] ? state.class : 'medium';
  const at = /** @type {[number, number, number]} */ (
    walked ? state.pos.map((/** @type {number} */ to, /** @type {number} */ axis) => between(before.pos[axis], to, fraction)) : [...state.pos]
  );
  return {
    id,
    team: String(state.team ?? ''),
    kind,
    size: SIZES[kind],
    at,
    yaw: walked ? turned(before.yaw, state.yaw, fraction) : Number(state.yaw) || 0,
    standing: standingOf(state),
    health: part(state.hp, state.hp_max),
    heat: Math.max(0, (Number(state.heat) || 0) / (Number(state.heat_cap) || 1)),
    stability: part(state.stability, state.stability_max),
    stride: strideOf(state, at),
    state,
  };
}

/** @param {any} pos */
export function isPlace(pos) {
  return Array.isArray(pos) && pos.length >= 3 && pos.slice(0, 3).every(Number.isFinite);
}

/**
 * Whether a mech went from one state to the other on its own feet: not over a death, a spawn or a jump.
 * @param {any} before
 * @param {any} now
 */
export function isSameWalk(before, now) {
  if (!isPlace(before?.pos) || before.alive !== now.alive || before.team !== now.team) return false;
  return Math.hypot(...[0, 1, 2].map((axis) => now.pos[axis] - before.pos[axis])) <= LONGEST_STEP;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} fraction
 */
function between(from, to, fraction) {
  return from + (to - from) * fraction;
}

/**
 * A direction between two, the shorter way round.
 * @param {number} from  radians
 * @param {number} to
 * @param {number} fraction
 */
export function turned(from, to, fraction) {
  const start = Number(from) || 0;
  const by = ((((Number(to) || 0) - start) % TURN) + 1.5 * TURN) % TURN - TURN / 2;
  return start + by * fraction;
}

/**
 * @param {number} value
 * @param {number} most
 */
function part(value, most) {
  return Math.min(1, Math.max(0, (Number(value) || 0) / (Number(most) || 1)));
}

/**
 * What is most to be said of it.
 * @param {any} state
 * @returns {Standing}
 */
export function standingOf(state) {
  if (state.alive === false) return 'dead';
  if (state.fallen) return 'fallen';
  if (Number(state.heat) > Number(state.heat_cap)) return 'hot';
  return state.legged ? 'legged' : 'ready';
}

/** @type {Record<Standing, string>} */
export const STANDINGS = { ready: 'ready', fallen: 'fallen', hot: 'shut down', legged: 'legged', dead: 'destroyed' };

/**
 * Legs swing with the way that was walked, so that the same place always shows the same step.
 * @param {any} state
 * @param {number[]} at
 */
function strideOf(state, at) {
  const [vx = 0, vy = 0] = Array.isArray(state.vel) ? state.vel : [];
  const speed = Math.hypot(vx, vy);
  if (!(speed > 0.2) || standingOf(state) !== 'ready') return 0;
  const along = (at[0] * vx + at[1] * vy) / speed;
  return Math.sin(along * 2.4) * Math.min(1, speed / 3);
}
