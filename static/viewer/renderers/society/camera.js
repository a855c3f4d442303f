/** How the plane is seen: its part on the screen, zoomed about a point, moved, fitted, or led by an agent. */

import { viewNumber, viewText } from '../../view_text.js';

/** @typedef {import('../../types.js').Box} Box */
/** @typedef {{width: number, height: number}} World */
/** @typedef {{top: number, bottom: number}} Inset  strips of the box that controls cover */
/** @typedef {{zoom: number, x: number | null, y: number | null, freed: string | null}} View  1 is fitted; x, y the centre */
/** @typedef {{scale: number, left: number, top: number}} Camera  pixels for a unit, and where the origin is */

export const MOST_ZOOM = 24;
const FARTHEST = 1e12;
/** Who follows an agent sees it so near at least. */
const NEAR = 2.5;
const MARGIN = 10;
/** A dragged plane keeps so many pixels in sight. */
const KEPT = 48;

/** @type {View} */
export const FITTED = { zoom: 1, x: null, y: null, freed: null };

/**
 * The view as the address keeps it; empty while all is fitted.
 * @param {View} view
 * @param {string | null} focus
 */
export function written({ zoom, x, y, freed }, focus) {
  const free = freed !== null && freed === focus ? 'free' : null;
  return zoom === 1 && x === null && y === null && !free ? '' : viewText([zoom, x, y, free]);
}

/**
 * The view that an address keeps, or null.
 * @param {string} text
 * @param {string | null} focus
 * @returns {View | null}
 */
export function readView(text, focus) {
  const [near, x, y, free] = text.split('_');
  const zoom = viewNumber(near, 1, MOST_ZOOM);
  if (zoom === null) return null;
  const freed = free === 'free' ? focus : null;
  return { zoom, x: viewNumber(x, -FARTHEST, FARTHEST), y: viewNumber(y, -FARTHEST, FARTHEST), freed };
}

/**
 * @param {View} view
 * @param {Box} box
 * @param {World} world
 * @param {Inset} inset
 * @returns {Camera}
 */
export function cameraOf(view, box, world, inset) {
  const wide = Math.max(1, box.width - 2 * MARGIN);
  const high = Math.max(1, box.height - inset.top - inset.bottom - 2 * MARGIN);
  const scale = Math.min(wide / world.width, high / world.height) * view.zoom;
  const middleX = box.width / 2;
  const middleY = inset.top + MARGIN + high / 2;
  const left = middleX - (view.x ?? world.width / 2) * scale;
  const top = middleY - (view.y ?? world.height / 2) * scale;
  return { scale, left, top };
}

/**
 * The view that keeps an agent in the middle, unless the reader has moved the plane away from it.
 * @param {View} view
 * @param {string | null} focus
 * @param {{x: number, y: number} | null} at
 * @returns {View}
 */
export function led(view, focus, at) {
  if (!focus || !at || view.freed === focus) return view;
  return { ...view, zoom: Math.max(NEAR, view.zoom), x: at.x, y: at.y };
}

/**
 * The view after a drag or a zoom about a point of the box.
 * @param {View} view  as it is seen
 * @param {import('../../types.js').Gesture} gesture
 * @param {Box} box
 * @param {World} world
 * @param {Inset} inset
 * @returns {View}
 */
export function moved(view, gesture, box, world, inset) {
  const camera = cameraOf(view, box, world, inset);
  const zoom = Math.min(MOST_ZOOM, Math.max(1, view.zoom * gesture.factor));
  const change = zoom / view.zoom;
  const scale = camera.scale * change;
  const x = view.x ?? world.width / 2;
  const y = view.y ?? world.height / 2;
  const aboutX = (gesture.x - camera.left) / camera.scale;
  const aboutY = (gesture.y - camera.top) / camera.scale;
  const stays = gesture.kind === 'zoom';
  return within(
    {
      ...view,
      zoom,
      x: (stays ? aboutX + (x - aboutX) / change : x) - gesture.dx / scale,
      y: (stays ? aboutY + (y - aboutY) / change : y) - gesture.dy / scale,
    },
    box,
    world,
    scale,
  );
}

/**
 * @param {View} view
 * @param {Box} box
 * @param {World} world
 * @param {number} scale
 * @returns {View}
 */
function within(view, box, world, scale) {
  if (view.zoom <= 1) return { ...view, x: null, y: null };
  const reachX = Math.max(0, box.width / 2 - KEPT) / scale;
  const reachY = Math.max(0, box.height / 2 - KEPT) / scale;
  return {
    ...view,
    x: Math.min(world.width + reachX, Math.max(-reachX, view.x ?? world.width / 2)),
    y: Math.min(world.height + reachY, Math.max(-reachY, view.y ?? world.height / 2)),
  };
}

/**
 * The part of the plane that is in sight.
 * @param {Camera} camera
 * @param {Box} box
 */
export function inSight({ scale, left, top }, box) {
  return { x: -left / scale, y: -top / scale, width: box.width / scale, height: box.height / scale };
}
