/** The share dialog: a link to this moment for everyone; a titled link that expires for who may make one. */

import { copyFrom, part, say } from './page.js';
import { send } from './wire.js';

/** @typedef {import('./types.js').Setup} Setup */

/**
 * @param {Setup} setup
 * @param {{moment: () => string, tick: () => number}} here
 */
export function wireShare(setup, { moment, tick }) {
  const dialog = /** @type {HTMLDialogElement} */ (part('share-dialog'));
  const field = /** @type {(id: string) => HTMLInputElement} */ (part);
  const answer = part('share-answer');
  let code = setup.can_share ? (setup.share?.code ?? null) : null;

  part('share-open').addEventListener('click', () => {
    field('share-moment').value = moment();
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
      showLink(new URL(made.share_url, location.href).href, made.share_code);
      return 'The link is made.';
    });
  });

  part('share-embed-field').hidden = !setup.can_embed;
  if (code) showLink(`${location.origin}/replay/${code}`, code);
  part('share-revoke').addEventListener('click', async () => {
    if (!code) return;
    await tried(answer, async () => {
      await send('DELETE', `/api/replay/shared/${code}`);
      code = null;
      part('share-made').hidden = true;
      return 'The link is revoked: it opens nothing any more.';
    });
  });
}

/**
 * @param {string} address
 * @param {string} code
 */
function showLink(address, code) {
  const field = /** @type {(id: string) => HTMLInputElement} */ (part);
  field('share-link').value = address;
  const frame = `${location.origin}/embed/${code}`;
  field('share-embed').value =
    `<iframe src="${frame}" width="640" height="480" loading="lazy" title="Replay"></iframe>`;
  part('share-made').hidden = false;
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
