/** The token of the process, kept by the browser: who loads the page again plays on. */

const STORED_AS = 'process-token';

export function keptToken() {
  try {
    return localStorage.getItem(STORED_AS);
  } catch {
    return null;
  }
}

/** @param {string | null} token */
export function keepToken(token) {
  try {
    if (token === null) localStorage.removeItem(STORED_AS);
    else localStorage.setItem(STORED_AS, token);
  } catch {
    // Without storage the process lasts as long as the page.
  }
}
