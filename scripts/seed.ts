import { people, type Person } from "../server/test/people.ts";

interface Signed {
  readonly accessToken: string;
}

async function post<T>(url: string, body: unknown, accessToken?: string): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify(body),
  });
  if (response.ok) return (await response.json()) as T;
  throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}

/** The code in the fragment of a set-up link or an invitation. */
export function codeOf(link: string): string {
  return new URLSearchParams(new URL(link).hash.slice(1)).get("code") ?? "";
}

/**
 * Fills a server that nobody has set up yet: Ada becomes its owner and everybody else comes by her invitation, all by the HTTP
 * interface that people use.
 */
export async function seed(origin: string, setupLink: string): Promise<void> {
  const { ada, ...others } = people;
  const api = `${origin}/api/v1`;
  const { accessToken } = await post<Signed>(`${api}/setup`, { code: codeOf(setupLink), ...ada });
  const guests: readonly Person[] = Object.values(others);
  const invitation = { usesMax: guests.length, expiresInHours: 1 };
  const { link } = await post<{ link: string }>(`${api}/invitations`, invitation, accessToken);
  // One after the other: they stand in the people list in the order in which they came.
  for (const guest of guests) {
    await post(`${api}/invitations/accept`, { code: codeOf(link), ...guest });
  }
}
