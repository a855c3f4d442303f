/** The share dialog: a link to this moment for everyone; a titled link that expires for who may make one. */

import { copyFrom, part, say } from './page.js';
import { send } from './wire.js';

/** @typedef {import('./types.js').Setup} Setup */

/** What is shown of a link once it is made. */
const MADE = ['share-made', 'share-embed-field', 'share-revoke-row'];

/**
 * @param {Setup} setup
 * @param {{moment: () => string, tick: () => number}} here
 */
export function wireShare(setup, { moment, tick }) {
  const dialog = /** @type {HTMLDialogElement} */ (part('share-dialog'));
  const field = /** @type {(id: string) => HTMLInputElement} */ (part);
  const answer = part('share-answer');
  /** @type {string | null} of the link that was made here */
  let code = null;

  part('share-open').addEventListener('click', () => {
    field('share-moment').value = moment();
    if (setup.share) showFrame(moment(), setup.title);
    say(answer, '');
    dialog.showModal();
    field('share-copy').focus();
  });
  for (const [button, source] of [
    ['share-copy', 'share-moment'],
    ['share-link-copy', 'share-link'],
    ['share-embed-copy', 'share-embed'],
  ]) {
    part(button).addEventListener('click', async () => {
      const copied = await copyFrom(field(source));
      say(answer, copied ? 'Copied.' : 'Press Ctrl+C, or ⌘C, to copy what is selected.');
    });
  }

  part('share-form').hidden = !setup.can_share || !setup.shard_id;
  part('share-login').hidden = setup.signed_in;
  part('share-login-link').setAttribute('href', setup.login_url);
  field('share-name').value = setup.title;
  part('share-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    await tried(answer, async () => {
      const expires = field('share-expiry').value;
      const made = await send('POST', `/api/replay/game/${setup.shard_id}/share`, {
        title: field('share-name').value.trim(),
        description: field('share-words').value.trim(),
        expires_days: expires ? Number(expires) : null,
        tick: tick(),
      });
      code = made.share_code;
      showLink(new URL(made.share_url, location.href).href, field('share-name').value.trim());
      part('share-form').hidden = true;
      field('share-link-copy').focus();
      return 'The link is made.';
    });
  });

  part('share-revoke').addEventListener('click', async () => {
    if (!code) return;
    await tried(answer, async () => {
      await send('DELETE', `/api/replay/shared/${code}`);
      code = null;
      for (const id of MADE) part(id).hidden = true;
      part('share-form').hidden = false;
      return 'The link is revoked: it opens nothing any more.';
    });
  });
  if (location.hash === '#share') part('share-open').click();
}

/**
 * @param {string} address
 * @param {string} title
 */
function showLink(address, title) {
  /** @type {HTMLInputElement} */ (part('share-link')).value = address;
  showFrame(address, title);
  for (const id of MADE) part(id).hidden = false;
}

/**
 * @param {string} address  of a link, with the place in it
 * @param {string} title
 */
function showFrame(address, title) {
  /** @type {HTMLInputElement} */ (part('share-embed')).value = frameOf(address, title);
  part('share-embed-field').hidden = false;
}

/**
 * The markup that puts what a link opens into a page.
 * @param {string} address
 * @param {string} title
 */
export function frameOf(address, title) {
  const source = quoted(address.replace('/replay/', '/embed/'));
  const size = 'width="640" height="480" style="border: 0; max-width: 100%"';
  return `<iframe src="${source}" title="${quoted(title || 'Replay')}" ${size} loading="lazy" allowfullscreen></iframe>`;
}

/**
 * Text as it stands between quotes in markup.
 * @param {string} text
 */
function quoted(text) {
  return text.replace(/[&"<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/**
 * Do it, and say how it went.
 * @param {HTMLElement} answer
 * @param {() => Promise<string>} act
 */
export async function tried(answer, act) {
  try {
    say(answer, await act());
    answer.classList.remove('error');
  } catch (error) {
    say(answer, error instanceof Error ? error.message : 'That did not work.');
    answer.classList.add('error');
  }
}
