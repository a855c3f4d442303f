/** The zone on the ground as three draws it: a ring that fills with each team's seconds, and a wall of light. */

import * as three from '../../../three/three.module.min.js';
import { rgb } from '../../palette.js';
import { lookOf } from './teams.js';

/** @typedef {import('../../palette.js').Palette} Palette */

const HIGH = 2.6;

const DISC_VERTEX = /* glsl */ `
varying vec2 at;
void main() {
  at = position.xy;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}
`;

const DISC_FRAGMENT = /* glsl */ `
uniform vec3 hues[2];
uniform vec2 parts;
uniform vec3 plain;
uniform vec3 held;
varying vec2 at;

void main() {
  float far = length(at);
  if (far > 1.02) discard;
  float fine = fwidth(far);
  float turn = fract(atan(at.x, at.y) / 6.2831853);
  float rim = 1.0 - smoothstep(0.006, 0.006 + fine * 1.3, abs(far - 0.992));
  float outer = 1.0 - smoothstep(0.017, 0.017 + fine, abs(far - 0.955));
  float inner = 1.0 - smoothstep(0.017, 0.017 + fine, abs(far - 0.91));
  float first = outer * step(turn, parts.x);
  float second = inner * step(1.0 - turn, parts.y);
  float track = max(outer, inner);
  float stripes = smoothstep(0.42, 0.5, abs(fract((at.x + at.y) * 6.0) - 0.5));
  vec4 colour = vec4(held, 0.05 + 0.05 * stripes);
  colour = mix(colour, vec4(plain, 0.22), track);
  colour = mix(colour, vec4(hues[0], 0.95), first);
  colour = mix(colour, vec4(hues[1], 0.95), second);
  colour = mix(colour, vec4(held, 0.9), rim);
  gl_FragColor = colour;
}
`;

const WALL_FRAGMENT = /* glsl */ `
uniform vec3 held;
varying vec2 at;
void main() {
  gl_FragColor = vec4(held, 0.26 * pow(1.0 - at.y, 2.0));
}
`;

const WALL_VERTEX = /* glsl */ `
varying vec2 at;
void main() {
  at = uv;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}
`;

export class Zone {
  constructor() {
    this.root = new three.Group();
    this.uniforms = {
      hues: { value: [new three.Color(), new three.Color()] },
      parts: { value: new three.Vector2() },
      plain: { value: new three.Color() },
      held: { value: new three.Color() },
    };
    const plain = { uniforms: this.uniforms, transparent: true, depthWrite: false };
    this.disc = new three.Mesh(
      new three.PlaneGeometry(2.1, 2.1),
      new three.ShaderMaterial({ ...plain, vertexShader: DISC_VERTEX, fragmentShader: DISC_FRAGMENT }),
    );
    this.wall = new three.Mesh(
      new three.CylinderGeometry(1, 1, 1, 72, 1, true).rotateX(Math.PI / 2).translate(0, 0, 0.5),
      new three.ShaderMaterial({ ...plain, vertexShader: WALL_VERTEX, fragmentShader: WALL_FRAGMENT, side: three.DoubleSide }),
    );
    this.disc.renderOrder = 1;
    this.wall.renderOrder = 4;
    this.root.add(this.disc, this.wall);
  }

  /**
   * @param {any} objective
   * @param {import('./score.js').Score} score
   * @param {Palette} palette
   */
  show(objective, score, palette) {
    const centre = objective?.zone_center;
    const radius = Number(objective?.zone_radius);
    this.root.visible = Array.isArray(centre) && radius > 0;
    if (!this.root.visible) return;
    this.disc.position.set(centre[0], centre[1], 0.06);
    this.disc.scale.set(radius, radius, 1);
    this.wall.position.set(centre[0], centre[1], 0);
    this.wall.scale.set(radius, radius, HIGH);
    const [first, second] = score.teams;
    this.uniforms.parts.value.set(first?.part ?? 0, second?.part ?? 0);
    [first, second].forEach((team, place) => {
      this.uniforms.hues.value[place].setRGB(...rgb(palette[team ? lookOf(team.team).tone : 'quiet']));
    });
    const inside = score.teams.filter(({ inside: number }) => number > 0);
    const held = inside.length === 1 ? palette[lookOf(inside[0].team).tone] : palette.ink;
    this.uniforms.held.value.setRGB(...rgb(held));
    this.uniforms.plain.value.setRGB(...rgb(palette.quiet));
  }

  dispose() {
    for (const mesh of [this.disc, this.wall]) {
      mesh.geometry.dispose();
      mesh.material.dispose();
    }
  }
}
