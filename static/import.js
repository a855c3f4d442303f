/** The import page: a file is picked or dropped, sent with its progress shown, and what came of it said. */

import { part, say } from './viewer/page.js';

const ADDRESS = '/api/replay/import';
const MIB = 2 ** 20;
const MOST_BYTES = 16 * MIB;
/** First bytes of packed files, and how they are packed. @type {[number[], string][]} */
const PACKINGS = [
  [[0x1f, 0x8b], 'gzip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
];

/**
 * How a file is packed, by its first bytes; empty for a plain one.
 * @param {Uint8Array} begin
 */
function packingOf(begin) {
  return PACKINGS.find(([magic]) => magic.every((byte, place) => begin[place] === byte))?.[1] ?? '';
}

/**
 * What an answer means for who sent the file.
 * @param {number} status 0 where no answer came
 * @param {any} body
 * @returns {{words: string, tone: 'life' | 'warning' | 'danger', url: string | null}}
 */
export function meaningOf(status, body) {
  const url = typeof body?.url === 'string' && /^\/(?!\/)/.test(body.url) ? body.url : null;
  if (status === 201) return takenIn(body?.warnings, url);
  if (status === 409 && url) return { words: 'This recording is already here.', tone: 'warning', url };
  if (status === 0) return { words: 'The line dropped before the file was whole. Nothing was stored.', tone: 'danger', url: null };
  return { words: body?.detail ?? `The site answered ${status}. Nothing was stored.`, tone: 'danger', url: null };
}

/**
 * A recording that was taken in may still be odd: that is said with it.
 * @param {unknown} warnings
 * @param {string | null} url
 * @returns {ReturnType<typeof meaningOf>}
 */
function takenIn(warnings, url) {
  const odd = Array.isArray(warnings) ? warnings.filter((one) => typeof one === 'string') : [];
  const words = ['It is here, and yours alone to see until you share it.', ...odd].join(' ');
  return { words, tone: odd.length ? 'warning' : 'life', url };
}

/** @param {number} bytes */
function sizeWords(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < MIB ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / MIB).toFixed(1)} MiB`;
}

class Import {
  constructor() {
    /** @type {XMLHttpRequest | null} */
    this.request = null;
    const field = /** @type {HTMLInputElement} */ (part('import-file'));
    const drop = part('import-drop');
    field.addEventListener('change', () => this.take(field.files?.[0]));
    for (const name of ['dragenter', 'dragover'])
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.dataset.over = 'true';
      });
    drop.addEventListener('dragleave', () => delete drop.dataset.over);
    drop.addEventListener('drop', (event) => {
      event.preventDefault();
      delete drop.dataset.over;
      this.take(event.dataTransfer?.files[0]);
    });
    part('import-stop').addEventListener('click', () => this.request?.abort());
  }

  /** @param {File | undefined} file */
  async take(file) {
    if (!file || this.request) return;
    if (file.size > MOST_BYTES) {
      const words = `${file.name} has ${sizeWords(file.size)}; at most ${sizeWords(MOST_BYTES)} are taken. Pack it with gzip or zstd.`;
      return this.finish({ words, tone: 'danger', url: null });
    }
    const begin = new Uint8Array(await file.slice(0, 4).arrayBuffer());
    this.show(`Sending ${file.name}, ${sizeWords(file.size)}`, true);
    this.send(file, packingOf(begin));
    return undefined;
  }

  /**
   * @param {File} file
   * @param {string} packing
   */
  send(file, packing) {
    const bar = /** @type {HTMLProgressElement} */ (part('import-progress'));
    const request = new XMLHttpRequest();
    this.request = request;
    bar.value = 0;
    request.open('POST', ADDRESS);
    request.setRequestHeader('Content-Type', packing ? 'application/octet-stream' : 'application/json');
    if (packing) request.setRequestHeader('Content-Encoding', packing);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-CSRFToken', cookie('csrftoken'));
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.upload.addEventListener('load', () => {
      bar.removeAttribute('value');
      say(part('import-words'), 'It is here. Every tick is being checked against the rules of its game …');
    });
    request.addEventListener('loadend', () => this.answered(request));
    request.send(file);
  }

  /** @param {XMLHttpRequest} request */
  answered({ status, responseText }) {
    let body = null;
    try {
      body = JSON.parse(responseText);
    } catch {
      // An answer that is not ours has no sentence to show; its number is said.
    }
    this.finish(meaningOf(status, body));
  }

  /** @param {ReturnType<typeof meaningOf>} meaning */
  finish({ words, tone, url }) {
    this.request = null;
    /** @type {HTMLInputElement} */ (part('import-file')).value = '';
    this.show(words, false, tone);
    const link = part('import-link');
    link.hidden = !url;
    if (!url) return;
    link.setAttribute('href', url);
    link.focus();
  }

  /**
   * @param {string} words
   * @param {boolean} busy
   * @param {string} [tone]
   */
  show(words, busy, tone = 'plain') {
    part('import-answer').hidden = false;
    part('import-answer').dataset.tone = tone;
    part('import-progress').hidden = part('import-stop').hidden = !busy;
    part('import-link').hidden = true;
    say(part('import-words'), words);
  }
}

/** @param {string} name */
function cookie(name) {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}

if (typeof document !== 'undefined' && document.getElementById('import-file')) new Import();
