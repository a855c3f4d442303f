/** Light and mist that blocks and mechs share, as text for their shaders; and the colours of materials. */

import { mixed, rgb } from '../../palette.js';
import { CODES } from './world.js';

/** @typedef {import('../../palette.js').Palette} Palette */
/** @typedef {import('../../palette.js').Rgb} Rgb */

/** Lit from the south-west, as maps are; what is far goes over into the ground. */
export const LIGHT = /* glsl */ `
uniform vec3 mist;
uniform vec2 mistFrom;
uniform float day;
const vec3 SUN = normalize(vec3(-0.45, -0.62, 0.9));

float lightOn(vec3 normal) {
  float sun = max(0.0, dot(normal, SUN));
  float sky = 0.5 + 0.5 * normal.z;
  return mix(0.34 + 0.3 * sky + 0.42 * sun, 0.56 + 0.24 * sky + 0.26 * sun, day);
}

vec3 misted(vec3 colour, float far) {
  return mix(colour, mist, 0.85 * smoothstep(mistFrom.x, mistFrom.y, far));
}
`;

/**
 * Whether it is day: the ground is lighter than the ink.
 * @param {Palette} palette
 */
export function isDay(palette) {
  const sum = (/** @type {Rgb} */ [red, green, blue]) => red + green + blue;
  return sum(rgb(palette.ground)) > sum(rgb(palette.ink));
}

/**
 * Two colours for each material, made of the site's own.
 * @param {Palette} palette
 * @returns {Record<number, [Rgb, Rgb]>}
 */
export function materialsOf(palette) {
  const day = isDay(palette);
  const tone = (/** @type {'ground' | 'floor' | 'raised' | 'rule' | 'edge' | 'wall' | 'ink' | 'quiet' | 'life' | 'danger' | 'gate' | 'warning'} */ name) => rgb(palette[name]);
  const blend = (/** @type {Rgb} */ one, /** @type {Rgb} */ other, /** @type {number} */ part) => mixed(one, other, part);
  const stone = day ? blend(tone('edge'), tone('floor'), 0.25) : blend(tone('edge'), tone('wall'), 0.22);
  return {
    [CODES.solid]: [stone, day ? tone('quiet') : tone('ground')],
    [CODES.lava]: [blend(tone('danger'), tone('warning'), 0.3), tone('warning')],
    [CODES.water]: [blend(tone('gate'), tone('ground'), day ? 0.45 : 0.55), blend(tone('gate'), tone('ink'), 0.2)],
    [CODES.debris]: [blend(stone, tone('warning'), 0.22), blend(stone, tone('ground'), 0.6)],
    [CODES.rubble]: [blend(blend(stone, tone('warning'), 0.16), tone('ground'), day ? -0.35 : 0.42), tone('ground')],
    [CODES.dirt]: [day ? blend(tone('raised'), tone('rule'), 0.35) : blend(tone('floor'), tone('rule'), 0.55), day ? tone('edge') : tone('edge')],
    [CODES.glass]: [blend(tone('gate'), tone('ink'), day ? 0 : 0.3), tone('gate')],
    [CODES.reinforced]: [blend(stone, tone('gate'), 0.2), day ? tone('ink') : blend(tone('wall'), tone('ink'), 0.35)],
    [CODES.foliage]: [blend(tone('life'), tone('ground'), day ? 0.12 : 0.55), blend(tone('life'), tone('ground'), day ? -0.1 : 0.2)],
  };
}
