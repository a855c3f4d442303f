/** Mechs as three draws them: a body for each class, its team on it in colour, in shape above and round its feet. */

import * as three from '../../../three/three.module.min.js';
import { mixed, rgb } from '../../palette.js';
import { LIGHT } from './light.js';
import { CLASSES, SIZES } from './mechs.js';
import { lookOf } from './teams.js';

/** @typedef {import('./mechs.js').Mech} Mech */
/** @typedef {import('../../palette.js').Palette} Palette */

/** What a part is painted as: hull, the team's colour, or light. */
const [HULL, PAINT, LAMP] = [0, 1, 2];
/** Corners of the ring round the feet, by shape of the team. @type {Record<string, number>} */
const SIDES = { disc: 0, triangle: 3, diamond: 4, square: 5 };

/**
 * A box of a body, in parts of its size: middle and lengths along, across and up; paint; side of a leg.
 * @typedef {[number, number, number, number, number, number, number, number?]} Box
 */

/** @param {number} y @returns {Box[]} */
const leg = (y) => {
  const side = Math.sign(y);
  return [
    [0.02, y, -0.22, 0.26, 0.2, 0.3, HULL, side],
    [-0.05, y, -0.38, 0.2, 0.16, 0.2, HULL, side],
    [0.06, y, -0.465, 0.44, 0.24, 0.07, PAINT, side],
  ];
};
/** @type {Box[]} */
const TRUNK = [...leg(0.26), ...leg(-0.26), [0, 0, -0.07, 0.34, 0.5, 0.1, HULL]];

/** @type {Record<string, Box[]>} */
const BODIES = {
  scout: [
    ...TRUNK,
    [0.02, 0, 0.12, 0.5, 0.4, 0.26, HULL],
    [0.1, 0, 0.27, 0.36, 0.32, 0.08, PAINT],
    [0.29, 0, 0.13, 0.06, 0.28, 0.1, LAMP],
    [-0.22, 0.14, 0.36, 0.04, 0.04, 0.28, HULL],
    [-0.22, 0.14, 0.5, 0.06, 0.06, 0.05, LAMP],
    [0.1, 0.31, 0.1, 0.5, 0.12, 0.12, PAINT],
    [0.1, -0.31, 0.1, 0.5, 0.12, 0.12, PAINT],
  ],
  light: [
    ...TRUNK,
    [0, 0, 0.15, 0.5, 0.52, 0.34, HULL],
    [0.05, 0, 0.35, 0.34, 0.36, 0.08, PAINT],
    [0.27, 0, 0.2, 0.06, 0.34, 0.11, LAMP],
    [-0.26, 0, 0.18, 0.05, 0.28, 0.18, PAINT],
    [0.08, 0.39, 0.14, 0.34, 0.2, 0.26, PAINT],
    [0.08, -0.39, 0.14, 0.34, 0.2, 0.26, PAINT],
    [0.36, 0.39, 0.12, 0.28, 0.1, 0.1, HULL],
    [0.36, -0.39, 0.12, 0.28, 0.1, 0.1, HULL],
  ],
  medium: [
    ...TRUNK,
    [-0.02, 0, 0.16, 0.52, 0.56, 0.38, HULL],
    [0.1, 0, 0.16, 0.36, 0.3, 0.3, PAINT],
    [0.3, 0, 0.22, 0.06, 0.26, 0.1, LAMP],
    [-0.06, 0, 0.39, 0.34, 0.34, 0.1, HULL],
    [0, 0.4, 0.2, 0.36, 0.2, 0.34, PAINT],
    [0, -0.4, 0.2, 0.36, 0.2, 0.34, PAINT],
    [0.26, 0.4, 0.06, 0.44, 0.12, 0.13, HULL],
    [0.26, -0.4, 0.06, 0.44, 0.12, 0.13, HULL],
    [-0.16, 0.24, 0.44, 0.22, 0.16, 0.12, HULL],
    [-0.29, 0, 0.2, 0.06, 0.3, 0.22, PAINT],
  ],
  heavy: [
    ...TRUNK,
    [-0.04, 0, 0.17, 0.6, 0.6, 0.4, HULL],
    [0.14, 0, 0.12, 0.4, 0.42, 0.26, PAINT],
    [0.32, 0, 0.25, 0.06, 0.3, 0.09, LAMP],
    [0, 0.41, 0.16, 0.4, 0.2, 0.3, PAINT],
    [0, -0.41, 0.16, 0.4, 0.2, 0.3, PAINT],
    [0.28, 0.41, 0.02, 0.44, 0.15, 0.14, HULL],
    [0.28, -0.41, 0.02, 0.44, 0.15, 0.14, HULL],
    [-0.35, 0, 0.22, 0.06, 0.36, 0.2, PAINT],
    [-0.08, 0.32, 0.42, 0.36, 0.28, 0.2, HULL],
    [-0.08, -0.32, 0.42, 0.36, 0.28, 0.2, HULL],
    [0.11, 0.32, 0.42, 0.04, 0.22, 0.14, PAINT],
    [0.11, -0.32, 0.42, 0.04, 0.22, 0.14, PAINT],
  ],
};

const BODY_VERTEX = /* glsl */ `
attribute vec2 limb;
attribute float paint;
attribute vec3 hue;
attribute vec4 state;
varying vec3 normalOf;
varying vec3 toEye;
varying float far;
flat varying float painted;
flat varying vec3 hueOf;
flat varying vec4 stateOf;
// state: dead, hot, swing of the legs, followed

void main() {
  vec3 local = position;
  vec3 turned = normal;
  float angle = state.z * limb.x * 0.55;
  if (limb.x != 0.0) {
    float below = local.z - limb.y;
    local.x += -below * sin(angle);
    local.z = limb.y + below * cos(angle);
  }
  vec4 spot = modelMatrix * instanceMatrix * vec4(local, 1.0);
  normalOf = normalize(mat3(instanceMatrix) * turned);
  toEye = normalize(cameraPosition - spot.xyz);
  painted = paint;
  hueOf = hue;
  stateOf = state;
  vec4 seen = viewMatrix * spot;
  far = -seen.z;
  gl_Position = projectionMatrix * seen;
}
`;

const BODY_FRAGMENT = /* glsl */ `
uniform vec3 hull;
uniform vec3 lamp;
uniform vec3 burnt;
uniform vec3 glow;
varying vec3 normalOf;
varying vec3 toEye;
varying float far;
flat varying float painted;
flat varying vec3 hueOf;
flat varying vec4 stateOf;
${LIGHT}

void main() {
  vec3 normal = normalize(normalOf);
  float dead = stateOf.x;
  float hot = stateOf.y;
  vec3 colour = painted < 0.5 ? hull : painted < 1.5 ? hueOf : lamp;
  float light = lightOn(normal) * 1.08;
  if (painted > 1.5) light = 1.15;
  float shut = step(0.999, hot);
  colour = mix(colour, glow, (painted > 1.5 ? 0.95 : 0.1) * max(0.0, hot - 0.6) / 0.4);
  if (painted < 1.5) colour *= 1.0 - 0.35 * shut;
  colour = mix(colour, burnt, dead * (painted > 0.5 && painted < 1.5 ? 0.62 : 0.86));
  float edge = pow(1.0 - max(0.0, dot(normal, toEye)), 2.5);
  colour = colour * light + hueOf * edge * 0.3 * (1.0 - dead);
  gl_FragColor = vec4(misted(colour, far), 1.0);
}
`;

const FOOT_VERTEX = /* glsl */ `
attribute vec3 hue;
attribute vec4 foot;
varying vec2 at;
flat varying vec3 hueOf;
flat varying vec4 footOf;
// foot: corners, dead, followed, part of health

void main() {
  at = position.xy;
  hueOf = hue;
  footOf = foot;
  gl_Position = projectionMatrix * viewMatrix * modelMatrix * instanceMatrix * vec4(position, 1.0);
}
`;

const FOOT_FRAGMENT = /* glsl */ `
uniform float day;
uniform vec3 ink;
varying vec2 at;
flat varying vec3 hueOf;
flat varying vec4 footOf;

/** How far out a point is, on a ring of so many corners whose first one looks ahead. */
float outline(vec2 p, float corners) {
  if (corners < 2.5) return length(p);
  if (corners > 4.5) return max(abs(p.x), abs(p.y)) * 1.12;
  float step = 6.2831853 / corners;
  float angle = atan(p.y, p.x);
  float turned = mod(angle + step * 0.5, step) - step * 0.5;
  float inner = abs(turned) - step * 0.5;
  return length(p) * cos(inner) / cos(step * 0.5) * (corners < 3.5 ? 0.8 : 0.92);
}

void main() {
  float far = outline(at, footOf.x);
  float fine = fwidth(far) * 1.2;
  float wide = footOf.z > 0.5 ? 0.07 : 0.05;
  float ring = 1.0 - smoothstep(wide, wide + fine, abs(far - 0.78));
  float shadow = (1.0 - smoothstep(0.2, 0.72, length(at))) * mix(0.55, 0.32, day);
  float nose = step(0.0, at.x - 0.84) * (1.0 - smoothstep(0.0, fine, abs(at.y) - (1.12 - at.x) * 0.6));
  float alive = 1.0 - footOf.y;
  float mark = max(ring, nose * alive) * mix(0.4, 0.95, alive);
  vec3 colour = footOf.z > 0.5 ? mix(hueOf, ink, 0.45) : hueOf;
  float alpha = max(mark, shadow);
  gl_FragColor = vec4(mix(vec3(0.0), colour, mark / max(alpha, 0.001)), alpha);
}
`;

export class Bodies {
  /** @param {Record<string, {value: any}>} shared */
  constructor(shared) {
    this.root = new three.Group();
    this.own = { hull: colour(), lamp: colour(), burnt: colour(), glow: colour() };
    this.ink = colour();
    this.material = new three.ShaderMaterial({
      uniforms: { ...shared, ...this.own },
      vertexShader: BODY_VERTEX,
      fragmentShader: BODY_FRAGMENT,
    });
    this.footMaterial = new three.ShaderMaterial({
      uniforms: { ...shared, ink: this.ink },
      vertexShader: FOOT_VERTEX,
      fragmentShader: FOOT_FRAGMENT,
      transparent: true,
      depthWrite: false,
    });
    /** @type {Map<string, Crowd>} */
    this.crowds = new Map(CLASSES.map((kind) => [kind, new Crowd(bodyOf(kind), this.material, { hue: 3, state: 4 })]));
    this.feet = new Crowd(new three.PlaneGeometry(2.3, 2.3), this.footMaterial, { hue: 3, foot: 4 });
    /** @type {Map<string, Crowd>} */
    this.crests = new Map(Object.entries(crests()).map(([shape, geometry]) => [shape, new Crowd(geometry, this.material, { hue: 3, state: 4 })]));
    for (const crowd of this.all) this.root.add(crowd.root);
  }

  get all() {
    return [...this.crowds.values(), this.feet, ...this.crests.values()];
  }

  /** @param {Palette} palette */
  colour(palette) {
    const day = rgb(palette.ground)[0] > 0.5;
    this.own.hull.value.setRGB(...(day ? rgb(palette.quiet) : mixed(rgb(palette.wall), rgb(palette.ground), 0.3)));
    this.own.lamp.value.setRGB(...rgb(day ? palette.floor : palette.ink));
    this.own.burnt.value.setRGB(...rgb(day ? palette.wall : palette.rule));
    this.own.glow.value.setRGB(...rgb(palette.warning));
    this.ink.value.setRGB(...rgb(palette.ink));
    this.hues = /** @type {Record<string, import('../../palette.js').Rgb>} */ ({});
    for (const tone of /** @type {const} */ (['gate', 'danger', 'warning', 'life'])) this.hues[tone] = rgb(palette[tone]);
  }

  /**
   * @param {Mech[]} mechs
   * @param {string | null} focus
   */
  show(mechs, focus) {
    for (const crowd of this.all) crowd.begin(mechs.length);
    for (const mech of mechs) this.add(mech, mech.id === focus);
    for (const crowd of this.all) crowd.end();
  }

  /**
   * @param {Mech} mech
   * @param {boolean} followed
   */
  add(mech, followed) {
    const { tone, shape } = lookOf(mech.team);
    const hue = this.hues?.[tone] ?? [1, 1, 1];
    const dead = mech.standing === 'dead' ? 1 : 0;
    const hot = mech.standing === 'hot' ? 1 : Math.min(1, mech.heat);
    const state = [dead, dead ? 0 : hot, mech.stride, followed ? 1 : 0];
    this.crowds.get(mech.kind)?.put(placed(mech), { hue, state });
    const [x, y, z] = mech.at;
    const wide = mech.size[0] * 0.62 + 0.35;
    const foot = matrix.makeRotationZ(mech.yaw).scale(vector.set(wide, wide, 1)).setPosition(x, y, z - mech.size[2] / 2 + 0.09);
    this.feet.put(foot, { hue, foot: [SIDES[shape] ?? 0, dead, followed ? 1 : 0, mech.health] });
    if (dead) return;
    const high = 0.22 + 0.09 * mech.size[0];
    const crest = matrix.makeRotationZ(mech.yaw).scale(vector.set(high, high, high)).setPosition(x, y, z + mech.size[2] * 0.5 + high + 0.25);
    this.crests.get(shape)?.put(crest, { hue, state: [0, 0, 0, 0] });
  }

  dispose() {
    for (const crowd of this.all) crowd.dispose();
    this.material.dispose();
    this.footMaterial.dispose();
  }
}

const matrix = new three.Matrix4();
const vector = new three.Vector3();
const lean = new three.Matrix4();

/**
 * Where a body stands and how it leans: fallen on its side, a wreck sunk in, a lamed one on one leg.
 * @param {Mech} mech
 */
function placed({ at: [x, y, z], yaw, size, standing }) {
  matrix.makeRotationZ(yaw);
  const foot = z - size[2] / 2;
  if (standing === 'fallen') {
    matrix.multiply(lean.makeRotationX(1.45));
    return matrix.setPosition(x, y, foot + size[1] / 2);
  }
  if (standing === 'dead') {
    matrix.multiply(lean.makeRotationY(0.5)).multiply(lean.makeRotationX(0.35));
    return matrix.setPosition(x, y, foot + size[2] * 0.3);
  }
  if (standing === 'legged') {
    matrix.multiply(lean.makeRotationX(0.26));
    return matrix.setPosition(x, y, z - size[2] * 0.04);
  }
  if (standing === 'hot') matrix.multiply(lean.makeRotationY(0.12));
  return matrix.setPosition(x, y, z);
}

/** Things of one geometry, as many as there are: the room for them grows, and is kept. */
export class Crowd {
  /**
   * @param {three.BufferGeometry} geometry
   * @param {three.Material} material
   * @param {Record<string, number>} told  names of what each has beside its place, and of how many numbers
   */
  constructor(geometry, material, told) {
    this.geometry = geometry;
    this.material = material;
    this.told = told;
    this.root = new three.Group();
    this.room = 0;
    /** @type {three.InstancedMesh | null} */
    this.mesh = null;
  }

  /** @param {number} most */
  begin(most) {
    if (!this.mesh || most > this.room) this.grow(Math.max(16, 2 * most));
    if (this.mesh) this.mesh.count = 0;
  }

  /** @param {number} room */
  grow(room) {
    this.mesh?.removeFromParent();
    this.mesh?.dispose();
    this.room = room;
    for (const [name, size] of Object.entries(this.told)) {
      this.geometry.setAttribute(name, new three.InstancedBufferAttribute(new Float32Array(room * size), size));
    }
    this.mesh = new three.InstancedMesh(this.geometry, this.material, room);
    this.mesh.frustumCulled = false;
    this.root.add(this.mesh);
  }

  /**
   * @param {three.Matrix4} place
   * @param {Record<string, ArrayLike<number>>} told
   */
  put(place, told) {
    const { mesh } = this;
    if (!mesh) return;
    mesh.setMatrixAt(mesh.count, place);
    for (const name of Object.keys(this.told)) {
      this.geometry.getAttribute(name).array.set(told[name], mesh.count * this.told[name]);
    }
    mesh.count += 1;
  }

  end() {
    if (!this.mesh) return;
    this.mesh.instanceMatrix.needsUpdate = true;
    this.mesh.visible = this.mesh.count > 0;
    for (const name of Object.keys(this.told)) this.geometry.getAttribute(name).needsUpdate = true;
  }

  dispose() {
    this.mesh?.dispose();
    this.geometry.dispose();
  }
}

function colour() {
  return { value: new three.Color() };
}

/** @param {string} kind */
function bodyOf(kind) {
  const [long, across, high] = SIZES[kind];
  /** @type {number[][]} */
  const [positions, normals, paints, limbs] = [[], [], [], []];
  for (const [x, y, z, dx, dy, dz, paint, side = 0] of BODIES[kind]) {
    const box = new three.BoxGeometry(dx * long, dy * across, dz * high).translate(x * long, y * across, z * high);
    const plain = box.toNonIndexed();
    positions.push(...plain.getAttribute('position').array);
    normals.push(...plain.getAttribute('normal').array);
    for (let corner = 0; corner < plain.getAttribute('position').count; corner += 1) {
      paints.push(paint);
      limbs.push(side, -0.08 * high);
    }
    box.dispose();
    plain.dispose();
  }
  return bodyFrom(positions, normals, paints, limbs);
}

/**
 * @param {number[]} positions
 * @param {number[]} normals
 * @param {number[]} paints
 * @param {number[]} limbs
 */
function bodyFrom(positions, normals, paints, limbs) {
  const body = new three.BufferGeometry();
  body.setAttribute('position', new three.Float32BufferAttribute(positions, 3));
  body.setAttribute('normal', new three.Float32BufferAttribute(normals, 3));
  body.setAttribute('paint', new three.Float32BufferAttribute(paints, 1));
  body.setAttribute('limb', new three.Float32BufferAttribute(limbs, 2));
  return body;
}

/** The shapes of teams, as they stand over a mech: painted whole. */
function crests() {
  const shapes = {
    disc: new three.SphereGeometry(0.8, 14, 10),
    triangle: new three.ConeGeometry(1, 1.7, 3).rotateX(-Math.PI / 2),
    diamond: new three.OctahedronGeometry(1),
    square: new three.BoxGeometry(1.3, 1.3, 1.3),
  };
  return Object.fromEntries(
    Object.entries(shapes).map(([shape, geometry]) => {
      const plain = geometry.index ? geometry.toNonIndexed() : geometry;
      const count = plain.getAttribute('position').count;
      const made = bodyFrom([...plain.getAttribute('position').array], [...plain.getAttribute('normal').array], Array(count).fill(PAINT), Array(2 * count).fill(0));
      geometry.dispose();
      return [shape, made];
    }),
  );
}
