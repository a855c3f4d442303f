/** Ask the site for JSON or bytes, and say in words what went wrong. */

/** A request that was refused or lost. */
export class Failure extends Error {
  /**
   * @param {string} words
   * @param {{status?: number, retryAfter?: number}} [more]
   */
  constructor(words, { status = 0, retryAfter = 0 } = {}) {
    super(words);
    this.name = 'Failure';
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may do better in a moment. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** @type {RequestCredentials} */
let credentials = 'same-origin';

/** Ask without cookies from now on, as in a frame of another page. */
export function leaveCookies() {
  credentials = 'omit';
}

/** Whether requests leave the cookies at home. */
export function leavesCookies() {
  return credentials === 'omit';
}

/**
 * @param {string} address
 * @param {AbortSignal} [signal]
 */
export async function getJson(address, signal) {
  return (await request(address, { signal, headers: { Accept: 'application/json' } })).json();
}

/**
 * @param {string} address
 * @param {AbortSignal} [signal]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function getBytes(address, signal) {
  return new Uint8Array(await (await request(address, { signal })).arrayBuffer());
}

/**
 * The answer, as bytes, to a question in JSON that changes nothing.
 * @param {string} address
 * @param {object} question
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function askBytes(address, question) {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await request(address, { method: 'POST', headers, body: JSON.stringify(question) });
  return new Uint8Array(await answer.arrayBuffer());
}

/**
 * Send JSON with the CSRF token; the answer's JSON, or null for an empty one.
 * @param {'POST' | 'DELETE'} method
 * @param {string} address
 * @param {object} [body]
 */
export async function send(method, address, body) {
  const response = await request(address, {
    method,
    headers: {
      Accept: 'application/json',
      'X-CSRFToken': cookie('csrftoken'),
      ...(body ? { 'Content-Type': 'application/json' } : {}),
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  return response.status === 204 ? null : response.json();
}

/**
 * @param {string} address
 * @param {RequestInit} options
 */
async function request(address, options) {
  let response;
  try {
    response = await fetch(address, { credentials, ...options });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Failure('The site cannot be reached.');
  }
  if (response.ok) return response;
  throw await refusal(response);
}

/**
 * @param {Response} response
 */
async function refusal(response) {
  const retryAfter = Number(response.headers.get('Retry-After')) || 0;
  let words = `The site answered ${response.status}.`;
  try {
    words = (await response.json()).detail || words;
  } catch {
    // An answer that is not ours (a proxy's page) has no sentence to show; the number is said.
  }
  return new Failure(words, { status: response.status, retryAfter });
}

/**
 * @param {string} name
 */
function cookie(name) {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}
