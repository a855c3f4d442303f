/** Paint a scene with WebGL2: one call for all agents, one for all lines; motion is worked out by the graphics card. */

import { LINE_STRIDE, STRIDE } from './scene.js';

/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./scene.js').Scene} Scene */

/**
 * @typedef {object} Look  how agents are to look
 * @property {number} radius  of an agent, in pixels
 * @property {boolean} stance
 * @property {boolean} emotion
 * @property {boolean} influence
 * @property {boolean} exposure
 * @property {{against: number[], middle: number[], favour: number[], ink: number[], ground: number[]}} colours
 */

/** How much larger than the least influential agent the most influential one is. */
export const INFLUENCE_GROWS = 2.2;
/** How far the glow of emotion reaches, in radii. */
export const GLOW = 2.4;

/** Radius in pixels from which on an agent has an outline, and from which on a whole one: it would swallow a smaller one. */
export const RIM_FROM = 3;
const RIM_WHOLE = 5;

const PLACE = `
  uniform float fraction; uniform float scale; uniform vec2 origin; uniform vec2 size; uniform float ratio;
  vec4 placed(vec4 way) {
    vec2 at = mix(way.xy, way.zw, fraction) * scale + origin;
    return vec4(at.x / size.x * 2.0 - 1.0, 1.0 - at.y / size.y * 2.0, 0.0, 1.0);
  }`;

const POINT_VERTEX = `#version 300 es
  in vec4 way; in vec4 measures; in float shape;
  uniform float radius; uniform vec4 layers;
  out vec4 told; out float form; out float pixels; out float body;
  ${PLACE}
  void main() {
    gl_Position = placed(way);
    body = radius * (1.0 + layers.z * ${INFLUENCE_GROWS.toFixed(1)} * measures.z) * ratio;
    float reach = layers.y > 0.0 && measures.y > 0.15 ? ${GLOW.toFixed(1)} : 1.0;
    pixels = 2.0 * body * reach + 2.0;
    gl_PointSize = pixels;
    told = measures; form = shape;
  }`;

const POINT_FRAGMENT = `#version 300 es
  precision highp float;
  in vec4 told; in float form; in float pixels; in float body;
  uniform vec4 layers; uniform float ratio;
  uniform vec3 against; uniform vec3 middle; uniform vec3 favour; uniform vec3 ink; uniform vec3 ground;
  out vec4 colour;
  float away(vec2 at) {
    if (form < 0.5) return max(abs(at.x) * 0.87 + at.y * -0.5, at.y) - 0.62;
    if (form < 1.5) return length(at) - 1.0;
    if (form < 2.5) return max(abs(at.x), abs(at.y)) - 0.86;
    return (abs(at.x) + abs(at.y)) * 0.8 - 0.95;
  }
  void main() {
    vec2 at = (gl_PointCoord - 0.5) * pixels / body;
    float edge = 1.0 / body;
    float distance = away(at);
    vec3 end = told.x < 0.0 ? against : favour;
    vec3 filled = layers.x > 0.0 ? mix(middle, end, sqrt(abs(told.x))) : ink;
    if (layers.w > 0.0 && length(at) < 0.62 * sqrt(told.w)) filled = ink;
    float inside = 1.0 - smoothstep(-edge, edge, distance);
    float line = edge * 2.0 * smoothstep(${RIM_FROM.toFixed(1)} * ratio, ${RIM_WHOLE.toFixed(1)} * ratio, body);
    vec3 drawn = line > 0.0 ? mix(ground, filled, 1.0 - smoothstep(-line, 0.0, distance)) : filled;
    float glow = layers.y * told.y * 0.75 * (1.0 - smoothstep(0.6, ${GLOW.toFixed(1)}, length(at)));
    float alpha = max(inside, glow);
    if (alpha < 0.02) discard;
    colour = vec4(mix(filled, drawn, inside) * alpha, alpha);
  }`;

const LINE_VERTEX = `#version 300 es
  in vec4 way; in vec4 hue;
  out vec4 told;
  ${PLACE}
  void main() { gl_Position = placed(way); told = hue; }`;

const LINE_FRAGMENT = `#version 300 es
  precision highp float;
  in vec4 told; out vec4 colour;
  void main() { colour = vec4(told.rgb * told.a, told.a); }`;

export class Points {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} lost  called when the card is taken away
   * @returns {Points | null} null where there is no WebGL2, or its shaders fail
   */
  static on(canvas, lost) {
    try {
      const gl = canvas.getContext('webgl2', { alpha: true, antialias: false, depth: false });
      return gl && new Points(canvas, gl, lost);
    } catch {
      return null; // drawn without it then, which is as true and somewhat slower
    }
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {WebGL2RenderingContext} gl
   * @param {() => void} lost
   */
  constructor(canvas, gl, lost) {
    this.canvas = canvas;
    this.gl = gl;
    canvas.addEventListener('webglcontextlost', lost);
    this.points = program(gl, POINT_VERTEX, POINT_FRAGMENT);
    this.lines = program(gl, LINE_VERTEX, LINE_FRAGMENT);
    this.agents = bound(gl, this.points.made, [['way', 4], ['measures', 4], ['shape', 1]], STRIDE);
    this.strokes = bound(gl, this.lines.made, [['way', 4], ['hue', 4]], LINE_STRIDE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /**
   * @param {Scene} scene
   * @param {Float32Array} lines
   * @param {Camera} camera
   * @param {number} fraction
   * @param {Look} look
   */
  paint(scene, lines, camera, fraction, look) {
    const { gl, canvas } = this;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (lines.length) {
      this.use(this.lines, camera, fraction);
      hold(gl, this.strokes, lines);
      gl.drawArrays(gl.LINES, 0, lines.length / LINE_STRIDE);
    }
    const at = this.use(this.points, camera, fraction);
    gl.uniform1f(at.radius, look.radius);
    gl.uniform4f(at.layers, +look.stance, +look.emotion, +look.influence, +look.exposure);
    for (const name of COLOURS) gl.uniform3fv(at[name], look.colours[name]);
    hold(gl, this.agents, scene.points);
    gl.drawArrays(gl.POINTS, 0, scene.shown.length);
  }

  /**
   * @param {Program} used
   * @param {Camera} camera
   * @param {number} fraction
   */
  use({ made, at }, camera, fraction) {
    const { gl, canvas } = this;
    const ratio = canvas.width / Math.max(1, canvas.clientWidth);
    gl.useProgram(made);
    gl.uniform1f(at.fraction, fraction);
    gl.uniform1f(at.scale, camera.scale * ratio);
    gl.uniform2f(at.origin, camera.left * ratio, camera.top * ratio);
    gl.uniform2f(at.size, canvas.width, canvas.height);
    gl.uniform1f(at.ratio, ratio);
    return at;
  }
}

const COLOURS = /** @type {const} */ (['against', 'middle', 'favour', 'ink', 'ground']);

/** @typedef {{array: WebGLVertexArrayObject, buffer: WebGLBuffer, held: Float32Array | null}} Bound  the array that the buffer holds */
/** @typedef {{made: WebGLProgram, at: Record<string, WebGLUniformLocation | null>}} Program */

/**
 * Send what the card does not hold yet.
 * @param {WebGL2RenderingContext} gl
 * @param {Bound} bound
 * @param {Float32Array} wanted
 */
function hold(gl, bound, wanted) {
  gl.bindVertexArray(bound.array);
  if (wanted === bound.held) return;
  bound.held = wanted;
  gl.bindBuffer(gl.ARRAY_BUFFER, bound.buffer);
  gl.bufferData(gl.ARRAY_BUFFER, wanted, gl.DYNAMIC_DRAW);
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {WebGLProgram} used
 * @param {[string, number][]} parts
 * @param {number} stride
 * @returns {Bound}
 */
function bound(gl, used, parts, stride) {
  const array = gl.createVertexArray();
  const buffer = gl.createBuffer();
  gl.bindVertexArray(array);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  let start = 0;
  for (const [name, size] of parts) {
    const place = gl.getAttribLocation(used, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, gl.FLOAT, false, stride * 4, start * 4);
    start += size;
  }
  return { array, buffer, held: null };
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {string} vertex
 * @param {string} fragment
 * @returns {Program}
 */
function program(gl, vertex, fragment) {
  const made = gl.createProgram();
  for (const [kind, source] of /** @type {[number, string][]} */ ([
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS))
    throw new Error(gl.getProgramInfoLog(made) ?? 'The shaders do not link.');
  return { made, at: uniformsOf(gl, made) };
}

/**
 * @param {WebGL2RenderingContext} gl
 * @param {WebGLProgram} made
 */
function uniformsOf(gl, made) {
  /** @type {Program['at']} */
  const at = {};
  const count = gl.getProgramParameter(made, gl.ACTIVE_UNIFORMS);
  for (let place = 0; place < count; place += 1) {
    const name = gl.getActiveUniform(made, place)?.name ?? '';
    at[name] = gl.getUniformLocation(made, name);
  }
  return at;
}
