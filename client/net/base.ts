/**
 * The path of PUBLIC_URL, beneath which this server is found, without a slash at its end: `/chat`, or nothing. The built scripts
 * lie in `assets/` beneath it, and know where they came from.
 */
export const base = new URL("..", import.meta.url).pathname.slice(0, -1);
