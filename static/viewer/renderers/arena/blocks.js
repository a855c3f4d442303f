/** The world as three draws it: for each material one mesh of the faces that are seen. */

import * as three from '../../../three/three.module.min.js';
import { LIGHT, materialsOf } from './light.js';
import { CODES } from './world.js';

/** @typedef {import('./world.js').World} World */
/** @typedef {import('./world.js').Faces} Faces */

const VERTEX = /* glsl */ `
attribute vec4 place;
attribute vec4 shade;
uniform float lift;
varying vec2 at;
varying vec3 spot;
varying float far;
flat varying vec4 shades;
flat varying vec3 normalOf;
flat varying vec3 cell;

const vec3 FROM[6] = vec3[6](vec3(1, 0, 0), vec3(0), vec3(0, 1, 0), vec3(0), vec3(0, 0, 1), vec3(0));
const vec3 U[6] = vec3[6](vec3(0, 1, 0), vec3(0, 1, 0), vec3(1, 0, 0), vec3(1, 0, 0), vec3(1, 0, 0), vec3(1, 0, 0));
const vec3 V[6] = vec3[6](vec3(0, 0, 1), vec3(0, 0, 1), vec3(0, 0, 1), vec3(0, 0, 1), vec3(0, 1, 0), vec3(0, 1, 0));
const vec3 OUT[6] = vec3[6](vec3(1, 0, 0), vec3(-1, 0, 0), vec3(0, 1, 0), vec3(0, -1, 0), vec3(0, 0, 1), vec3(0, 0, -1));
const bool MIRRORED[6] = bool[6](false, true, true, false, false, true);

void main() {
  int face = int(place.w + 0.5);
  at = MIRRORED[face] ? vec2(1.0 - position.x, position.y) : position.xy;
  vec3 corner = FROM[face] + U[face] * at.x + V[face] * at.y;
  if (lift > -1.0) corner.z = lift;
  cell = place.xyz;
  spot = place.xyz + corner;
  shades = shade;
  normalOf = OUT[face];
  vec4 seen = modelViewMatrix * vec4(spot, 1.0);
  far = -seen.z;
  gl_Position = projectionMatrix * seen;
}
`;

const FRAGMENT = /* glsl */ `
uniform vec3 base;
uniform vec3 other;
uniform float time;
uniform float high;
varying vec2 at;
varying vec3 spot;
varying float far;
flat varying vec4 shades;
flat varying vec3 normalOf;
flat varying vec3 cell;
${LIGHT}

float hash(vec3 p) {
  p = fract(p * 0.3183099 + 0.1);
  p *= 17.0;
  return fract(p.x * p.y * p.z * (p.x + p.y + p.z));
}

float noise(vec2 p) {
  vec2 i = floor(p);
  vec2 f = fract(p);
  f = f * f * (3.0 - 2.0 * f);
  float a = hash(vec3(i, 1.0));
  float b = hash(vec3(i + vec2(1, 0), 1.0));
  float c = hash(vec3(i + vec2(0, 1), 1.0));
  float d = hash(vec3(i + vec2(1, 1), 1.0));
  return mix(mix(a, b, f.x), mix(c, d, f.x), f.y);
}

/** 1 on the rim of the face, as wide as asked, and gone where it would be finer than a pixel. */
float rim(vec2 where, float wide) {
  vec2 fine = fwidth(where);
  vec2 off = min(where, 1.0 - where);
  vec2 line = 1.0 - smoothstep(vec2(wide), vec2(wide) + fine * 1.2, off);
  return max(line.x, line.y) * (1.0 - smoothstep(0.1, 0.4, max(fine.x, fine.y)));
}

void main() {
  float shade = mix(mix(shades.x, shades.y, at.x), mix(shades.z, shades.w, at.x), at.y);
  float light = lightOn(normalOf) * shade;
  float alpha = 1.0;
  vec3 colour = base;
  float grain = hash(cell + normalOf * 0.37);

#if CODE == 1
  colour = mix(colour, other, 0.10 * grain);
  colour *= 0.86 + 0.22 * clamp(spot.z / high, 0.0, 1.0);
  colour = mix(colour, other, 0.34 * rim(at, 0.015));
#elif CODE == 2
  float flow = noise(spot.xy * 1.3 + vec2(time * 0.21, -time * 0.16)) * 0.6 + noise(spot.xy * 3.1 - time * 0.11) * 0.4;
  colour = mix(base * 0.62, mix(base, other, 0.85), smoothstep(0.34, 0.72, flow));
  light = mix(1.0, shade, 0.35) * 1.12;
#elif CODE == 3
  float wave = noise(spot.xy * vec2(0.9, 2.2) + vec2(time * 0.12, time * 0.2));
  float glint = smoothstep(0.62, 0.78, wave) * 0.34;
  colour = mix(base, other, glint);
  light = mix(0.95, shade, 0.5);
#elif CODE == 4
  vec2 stone = floor(at * 3.0);
  float piece = hash(cell * 3.0 + vec3(stone, dot(normalOf, vec3(1.0, 2.0, 3.0))));
  colour = mix(base, other, 0.65 * piece);
  colour = mix(colour, other, 0.7 * rim(fract(at * 3.0 + 0.23 * piece), 0.06));
#elif CODE == 5
  vec2 stone = floor(at * 2.0);
  float piece = hash(cell * 2.0 + vec3(stone, dot(normalOf, vec3(1.0, 2.0, 3.0))));
  colour = mix(base, other, 0.3 * piece);
  colour = mix(colour, other, 0.75 * rim(fract(at * 2.0), 0.05));
#elif CODE == 6
  colour = mix(colour, other, 0.05 * grain);
  vec2 fine = fwidth(spot.xy);
  vec2 one = abs(fract(spot.xy - 0.5) - 0.5);
  vec2 ten = abs(fract(spot.xy * 0.1 - 0.5) - 0.5) * 10.0;
  vec2 thin = 1.0 - smoothstep(vec2(0.0), fine * 1.1 + 0.008, one);
  vec2 thick = 1.0 - smoothstep(vec2(0.02), fine * 1.4 + 0.03, ten);
  float close = 1.0 - smoothstep(0.08, 0.3, max(fine.x, fine.y));
  colour = mix(colour, other, 0.22 * max(thin.x, thin.y) * close);
  colour = mix(colour, other, 0.5 * max(thick.x, thick.y));
  light = mix(light, 1.0 * shade, 0.35);
#elif CODE == 7
  float frame = rim(at, 0.03);
  float sheen = smoothstep(0.02, 0.0, abs(fract((at.x + at.y) * 0.5 + grain) - 0.5) - 0.03);
  colour = mix(base, other, 0.5 * frame);
  alpha = 0.2 + 0.5 * frame + 0.12 * sheen;
  light = mix(light, 1.0, 0.5);
#elif CODE == 8
  float plate = rim(at, 0.05);
  vec2 bolt = abs(abs(at - 0.5) - 0.36);
  float bolts = 1.0 - smoothstep(0.035, 0.06 + fwidth(at.x), length(bolt));
  float cross = 1.0 - smoothstep(0.02, 0.05 + fwidth(at.x), abs(abs(at.x - at.y) * 0.5 - abs(at.x + at.y - 1.0) * 0.5 + 0.2));
  colour = mix(colour, other, 0.55 * plate);
  colour = mix(colour, other, 0.75 * bolts);
  colour = mix(colour, other, 0.12 * cross);
#elif CODE == 9
  vec2 leaf = floor(at * 5.0);
  float gap = hash(cell * 5.0 + vec3(leaf, dot(normalOf, vec3(1.0, 2.0, 3.0))));
  if (gap < 0.3) discard;
  colour = mix(base, other, smoothstep(0.3, 1.0, gap));
#endif
  gl_FragColor = vec4(misted(colour * light, far), alpha);
}
`;

/** Floors lie so far above the foot of their cell that they do not fight for the same depth. */
const LIFTS = { [CODES.dirt]: 0, [CODES.water]: 0.02, [CODES.lava]: 0.04 };

export class Blocks {
  /**
   * @param {World} world
   * @param {Record<string, {value: any}>} shared  uniforms that all materials have
   * @param {boolean} software  whether a processor draws
   */
  constructor(world, shared, software) {
    this.root = new three.Group();
    this.software = software;
    this.quad = new three.PlaneGeometry(1, 1).translate(0.5, 0.5, 0);
    this.meshes = world.faces.map((faces) => this.mesh(faces, world, shared));
    this.root.add(...this.meshes);
  }

  /**
   * @param {Faces} faces
   * @param {World} world
   * @param {Record<string, {value: any}>} shared
   */
  mesh(faces, world, shared) {
    const { code } = faces;
    const geometry = this.software ? merged(faces, this.quad) : instanced(faces, this.quad);
    const clear = code === CODES.glass;
    const material = new three.ShaderMaterial({
      defines: { CODE: code },
      uniforms: {
        ...shared,
        base: { value: new three.Color() },
        other: { value: new three.Color() },
        lift: { value: LIFTS[code] ?? -2 },
        high: { value: world.size[2] },
      },
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      transparent: clear,
      depthWrite: !clear,
      side: code === CODES.foliage || clear ? three.DoubleSide : three.FrontSide,
    });
    const mesh = new three.Mesh(geometry, material);
    mesh.frustumCulled = false;
    mesh.renderOrder = clear ? 3 : code in LIFTS ? 0.5 : 0; // floors after what hides them
    mesh.userData.code = code;
    return mesh;
  }

  /** @param {import('../../palette.js').Palette} palette */
  colour(palette) {
    const colours = materialsOf(palette);
    for (const { material, userData } of this.meshes) {
      const [base, other] = colours[userData.code];
      material.uniforms.base.value.setRGB(...base);
      material.uniforms.other.value.setRGB(...other);
    }
  }

  dispose() {
    for (const { geometry, material } of this.meshes) {
      geometry.dispose();
      material.dispose();
    }
    this.quad.dispose();
    this.root.removeFromParent();
  }
}

/**
 * Faces as instances of one square.
 * @param {Faces} faces
 * @param {three.PlaneGeometry} quad
 */
function instanced({ count, places, shades }, quad) {
  const geometry = new three.InstancedBufferGeometry();
  geometry.index = quad.index;
  geometry.setAttribute('position', quad.getAttribute('position'));
  geometry.setAttribute('place', new three.InstancedBufferAttribute(places, 4));
  geometry.setAttribute('shade', new three.InstancedBufferAttribute(shades, 4, true));
  geometry.instanceCount = count;
  return geometry;
}

/**
 * The same faces written out corner by corner: a processor draws each instance by itself,
 * nine times slower than this (SwiftShader, 13,625 faces).
 * @param {Faces} faces
 * @param {three.PlaneGeometry} quad
 */
function merged({ count, places, shades }, quad) {
  const square = quad.getAttribute('position').array;
  const order = /** @type {three.BufferAttribute} */ (quad.index).array;
  const corners = new Float32Array(count * square.length);
  const [place, shade] = [new Int16Array(count * 16), new Uint8Array(count * 16)];
  const index = new Uint32Array(count * order.length);
  for (let face = 0; face < count; face += 1) {
    corners.set(square, face * square.length);
    for (let corner = 0; corner < 4; corner += 1) {
      place.set(places.subarray(4 * face, 4 * face + 4), 16 * face + 4 * corner);
      shade.set(shades.subarray(4 * face, 4 * face + 4), 16 * face + 4 * corner);
    }
    for (let step = 0; step < order.length; step += 1) index[face * order.length + step] = 4 * face + order[step];
  }
  const geometry = new three.BufferGeometry();
  geometry.setIndex(new three.BufferAttribute(index, 1));
  geometry.setAttribute('position', new three.BufferAttribute(corners, 3));
  geometry.setAttribute('place', new three.BufferAttribute(place, 4));
  geometry.setAttribute('shade', new three.BufferAttribute(shade, 4, true));
  return geometry;
}
