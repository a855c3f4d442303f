/** The door: join, and say in one sentence why not. */

const NO_ANSWER = 'The server cannot be reached: check the connection and try again.';

/** @returns {Promise<{token: string} | {refused: string, full: boolean}>} */
export async function join() {
  const response = await fetch('/process/join', {
    method: 'POST',
    headers: { Accept: 'application/json', 'X-CSRFToken': cookie('csrftoken') },
  }).catch(() => null);
  if (!response) return { refused: NO_ANSWER, full: false };
  const body = await response.json().catch(() => ({}));
  if (response.ok && body.token) return { token: body.token };
  const wait = Number(response.headers.get('Retry-After'));
  const again = response.status === 429 && wait ? ` Try again in ${wait} s.` : '';
  const refused = `${body.detail ?? `The server answered ${response.status}.`}${again}`;
  return { refused, full: response.status === 503 };
}

/** @param {string} name */
function cookie(name) {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
}
