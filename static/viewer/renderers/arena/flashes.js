/** Beams, sparks, blasts and smoke as three draws them: one call for each sort, whatever their number. */

import * as three from '../../../three/three.module.min.js';
import { rgb } from '../../palette.js';

/** @typedef {import('./effects.js').Effects} Effects */
/** @typedef {import('./effects.js').Beam} Beam */
/** @typedef {import('../../palette.js').Palette} Palette */

const BEAM_VERTEX = /* glsl */ `
attribute vec3 start;
attribute vec3 end;
attribute vec4 look;
attribute float wide;
uniform float pixel;
varying vec2 at;
varying vec4 lookOf;

void main() {
  vec3 spot = mix(start, end, position.x);
  vec3 toEye = cameraPosition - spot;
  vec3 side = normalize(cross(end - start + vec3(0.0, 0.0, 1e-5), toEye));
  float width = max(wide * 2.4, length(toEye) * pixel * 3.0);
  at = vec2(position.x, position.y * 2.0);
  lookOf = look;
  gl_Position = projectionMatrix * viewMatrix * vec4(spot + side * position.y * width, 1.0);
}
`;

const BEAM_FRAGMENT = /* glsl */ `
uniform float day;
varying vec2 at;
varying vec4 lookOf;

void main() {
  float off = abs(at.y);
  float core = 1.0 - smoothstep(0.25, 0.45, off);
  float halo = pow(max(0.0, 1.0 - off), 2.0) * mix(0.55, 0.35, day);
  vec3 colour = mix(lookOf.rgb, vec3(1.0), core * 0.45 * (1.0 - day));
  gl_FragColor = vec4(colour, lookOf.a * max(core, halo));
}
`;

const BALL_VERTEX = /* glsl */ `
attribute vec4 place;
attribute vec4 look;
attribute float kind;
uniform float pixel;
varying vec2 at;
varying vec4 lookOf;
varying float kindOf;

void main() {
  vec4 seen = viewMatrix * vec4(place.xyz, 1.0);
  float radius = max(place.w, -seen.z * pixel * 2.0);
  at = position.xy * 2.0;
  seen.xy += at * radius;
  seen.z += 0.35 * radius;
  lookOf = look;
  kindOf = kind;
  gl_Position = projectionMatrix * seen;
}
`;

const BALL_FRAGMENT = /* glsl */ `
uniform float day;
varying vec2 at;
varying vec4 lookOf;
varying float kindOf;

void main() {
  float off = length(at);
  if (off > 1.0) discard;
  float core = 1.0 - smoothstep(0.2, 0.55, off);
  float halo = pow(1.0 - off, 1.6);
  float ring = 1.0 - smoothstep(0.04, 0.1, abs(off - 0.86));
  float shine = kindOf > 0.5 ? max(halo * 0.5, ring) : max(core, halo * 0.8);
  vec3 colour = mix(lookOf.rgb, vec3(1.0), kindOf > 0.5 ? 0.0 : core * 0.5 * (1.0 - day));
  gl_FragColor = vec4(colour, lookOf.a * shine);
}
`;

const CLOUD_VERTEX = /* glsl */ `
attribute vec4 place;
varying vec3 normalOf;
varying vec3 toEye;
varying vec3 spot;

void main() {
  vec4 where = vec4(place.xyz + position * place.w, 1.0);
  normalOf = position;
  spot = where.xyz;
  toEye = normalize(cameraPosition - where.xyz);
  gl_Position = projectionMatrix * viewMatrix * where;
}
`;

const CLOUD_FRAGMENT = /* glsl */ `
uniform vec3 smoke;
uniform float time;
varying vec3 normalOf;
varying vec3 toEye;
varying vec3 spot;

void main() {
  float facing = abs(dot(normalize(normalOf), normalize(toEye)));
  vec3 p = spot * 0.9 + vec3(time * 0.15, 0.0, time * 0.1);
  float churn = sin(p.x + sin(p.y * 1.3)) * sin(p.y + sin(p.z * 1.7)) * sin(p.z + p.x * 0.7);
  float alpha = smoothstep(0.0, 0.75, facing) * (0.5 + 0.22 * churn);
  gl_FragColor = vec4(smoke * (0.92 + 0.12 * churn), alpha);
}
`;

const RINGED = new Set(['blast', 'ams', 'paint', 'puff']);

export class Flashes {
  /** @param {Record<string, {value: any}>} shared */
  constructor(shared) {
    this.root = new three.Group();
    this.smoke = { value: new three.Color() };
    const ribbon = new three.PlaneGeometry(1, 1).translate(0.5, 0, 0);
    this.beams = new Batch(ribbon, { start: 3, end: 3, look: 4, wide: 1 }, material(BEAM_VERTEX, BEAM_FRAGMENT, shared), 5);
    this.balls = new Batch(new three.PlaneGeometry(1, 1), { place: 4, look: 4, kind: 1 }, material(BALL_VERTEX, BALL_FRAGMENT, shared), 6);
    this.clouds = new Batch(new three.IcosahedronGeometry(1, 4), { place: 4 }, material(CLOUD_VERTEX, CLOUD_FRAGMENT, { ...shared, smoke: this.smoke }, three.FrontSide), 4);
    this.root.add(this.clouds.mesh, this.beams.mesh, this.balls.mesh);
  }

  /** @param {Palette} palette */
  colour(palette) {
    this.palette = palette;
    this.smoke.value.setRGB(...rgb(palette.quiet));
    this.tones = new Map();
  }

  /** @param {import('../../types.js').Tone} tone */
  tone(tone) {
    const known = this.tones?.get(tone) ?? rgb(this.palette?.[tone] ?? '');
    this.tones?.set(tone, known);
    return known;
  }

  /**
   * @param {Effects} effects
   * @param {{pos: number[], radius: number}[]} clouds
   * @param {Beam[]} more  lines that are no effects, such as a way
   */
  show({ beams, balls }, clouds, more) {
    this.beams.begin(beams.length + more.length);
    for (const { from, to, width, tone, alpha } of [...beams, ...more]) {
      this.beams.put({ start: from, end: to, wide: [width], look: [...this.tone(tone), alpha] });
    }
    this.balls.begin(balls.length);
    for (const { at, radius, tone, alpha, kind } of balls) {
      this.balls.put({ place: [...at, radius], look: [...this.tone(tone), alpha], kind: [RINGED.has(kind) ? 1 : 0] });
    }
    this.clouds.begin(clouds.length);
    for (const { pos, radius } of clouds) this.clouds.put({ place: [pos[0], pos[1], pos[2], radius] });
  }

  dispose() {
    for (const batch of [this.beams, this.balls, this.clouds]) batch.dispose();
  }
}

/** Instances of one geometry with numbers of their own; the room for them grows, and is kept. */
class Batch {
  /**
   * @param {three.BufferGeometry} shape
   * @param {Record<string, number>} told
   * @param {three.Material} material
   * @param {number} order
   */
  constructor(shape, told, material, order) {
    this.shape = shape;
    this.told = told;
    this.room = 0;
    this.geometry = new three.InstancedBufferGeometry();
    this.mesh = new three.Mesh(this.geometry, material);
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = order;
    this.begin(0);
  }

  /** @param {number} most */
  begin(most) {
    if (most > this.room || !this.room) this.grow(Math.max(32, 2 * most));
    this.geometry.instanceCount = 0;
    this.mesh.visible = most > 0;
    for (const name of Object.keys(this.told)) this.geometry.getAttribute(name).needsUpdate = true;
  }

  /** @param {number} room */
  grow(room) {
    this.room = room;
    this.geometry.dispose();
    this.geometry = new three.InstancedBufferGeometry();
    this.geometry.index = this.shape.index;
    this.geometry.setAttribute('position', this.shape.getAttribute('position'));
    for (const [name, size] of Object.entries(this.told)) {
      this.geometry.setAttribute(name, new three.InstancedBufferAttribute(new Float32Array(room * size), size));
    }
    this.mesh.geometry = this.geometry;
  }

  /** @param {Record<string, ArrayLike<number>>} told */
  put(told) {
    const { geometry } = this;
    for (const [name, size] of Object.entries(this.told)) {
      geometry.getAttribute(name).array.set(told[name], geometry.instanceCount * size);
    }
    geometry.instanceCount += 1;
  }

  dispose() {
    this.geometry.dispose();
    this.shape.dispose();
    /** @type {three.Material} */ (this.mesh.material).dispose();
  }
}

/**
 * @param {string} vertexShader
 * @param {string} fragmentShader
 * @param {Record<string, {value: any}>} uniforms
 * @param {three.Side} [side]
 */
function material(vertexShader, fragmentShader, uniforms, side = three.DoubleSide) {
  return new three.ShaderMaterial({ uniforms, vertexShader, fragmentShader, side, transparent: true, depthWrite: false });
}
