import { expect, test } from "bun:test";

import type { UserId } from "#wire/ids.ts";

import type { Me } from "../store/model.ts";
import { HandClock } from "../test/hand-clock.ts";
import { Queue } from "../test/queue.ts";
import { Session } from "./session.ts";
import type { Flag } from "./way.ts";

const ada: Me = {
  id: 1 as UserId,
  name: "Ada Lovelace",
  email: "ada@parley.test",
  role: "owner",
};

interface Asked {
  readonly what: string;
  readonly authorization: string | null;
  readonly answer: (response: Response) => void;
  readonly fail: () => void;
}

/** A session whose every question a test answers. */
function begin(leaving?: Flag) {
  const clock = new HandClock();
  const questions = new Queue<Asked>();
  const fetch = (path: string, init: RequestInit = {}): Promise<Response> => {
    const { promise, resolve: answer, reject } = Promise.withResolvers<Response>();
    questions.add({
      what: `${init.method} ${path}`,
      authorization: new Headers(init.headers).get("authorization"),
      answer,
      fail: () => reject(new TypeError("Failed to fetch")),
    });
    return promise;
  };
  const session = new Session(fetch, clock, leaving ? { leaving } : {});
  const signed = (accessToken: string, user: Me = ada): Response => {
    const expiresAt = new Date(clock.now() + 600_000).toISOString();
    return Response.json({ accessToken, expiresAt, user });
  };
  return { session, clock, questions, signed };
}

const no = (status: number, code: string): Response =>
  Response.json({ type: "", title: "", status, detail: "No.", code }, { status });

test("many who need a token at once ask the server once, and it serves until shortly before its end", async () => {
  const { session, clock, questions, signed } = begin();
  const first = session.token();
  const second = session.token();
  const { what, answer } = await questions.next();
  expect(what).toBe("POST /api/v1/session/refresh");
  answer(signed("one"));
  expect(await first).toEqual({ token: "one" });
  expect(await second).toEqual({ token: "one" });
  expect(session.me.value).toEqual(ada);

  clock.pass(580_000);
  expect(await session.token()).toEqual({ token: "one" });
  expect(questions.all).toHaveLength(1);
  clock.pass(6_000);
  const third = session.token();
  (await questions.next()).answer(signed("two"));
  expect(await third).toEqual({ token: "two" });
});

test("a page that was never signed in is told so; one that was is told that it has expired", async () => {
  const { session, questions, signed } = begin();
  const never = session.token();
  (await questions.next()).answer(new Response(undefined, { status: 204 }));
  expect(await never).toEqual({ refused: "signed_out" });
  expect(session.out.value).toBe("nobody");

  const signing = session.accounts.signIn({ email: ada.email!, password: "note-g-by-hand" });
  (await questions.next()).answer(signed("one"));
  expect(await signing).toEqual(ada);
  expect(session.out.value).toBeUndefined();
  const later = session.token({ fresh: true });
  (await questions.next()).answer(no(401, "refresh_invalid"));
  expect(await later).toEqual({ refused: "signed_out" });
  expect(session.out.value).toBe("expired");
  expect(session.me.value).toBeUndefined();
});

test("a server that is away or ill signs nobody out", async () => {
  const { session, questions, signed } = begin();
  const first = session.token();
  (await questions.next()).answer(signed("one"));
  await first;
  const away = session.token({ fresh: true });
  (await questions.next()).fail();
  expect(await away).toEqual({ refused: "unreachable" });
  const ill = session.token({ fresh: true });
  (await questions.next()).answer(new Response("<h1>Bad gateway</h1>", { status: 502 }));
  expect(await ill).toEqual({ refused: "unreachable" });
  const busy = session.token({ fresh: true });
  (await questions.next()).answer(no(429, "slow_down"));
  expect(await busy).toEqual({ refused: "unreachable" });
  expect(session.me.value).toEqual(ada);
});

test("an answer that was under way while somebody signed out does not sign in again", async () => {
  const { session, questions, signed } = begin();
  const first = session.token();
  (await questions.next()).answer(signed("one"));
  await first;
  const refreshing = session.token({ fresh: true });
  const refresh = await questions.next();
  const leaving = session.signOut();
  expect(session.me.value).toBeUndefined();
  refresh.answer(signed("two"));
  await refreshing;
  (await questions.next(({ what }) => what.startsWith("DELETE"))).answer(
    new Response(undefined, { status: 204 }),
  );
  await leaving;
  expect(session.me.value).toBeUndefined();
  expect(session.out.value).toBe("left");
});

test("a question that its token was too old for is asked again with a new one, once", async () => {
  const { session, questions, signed } = begin();
  const first = session.token();
  (await questions.next()).answer(signed("one"));
  await first;
  const listing = session.accounts.invitations();
  const refused = await questions.next();
  expect(refused.authorization).toBe("Bearer one");
  refused.answer(no(401, "token_expired"));
  (await questions.next()).answer(signed("two"));
  const again = await questions.next();
  expect(again.authorization).toBe("Bearer two");
  again.answer(Response.json({ invitations: [] }));
  expect(await listing).toEqual([]);
});

test("what the server refuses comes with its code, its sentence and its field; what never came is offline", async () => {
  const { session, questions } = begin();
  const details = { code: "abc", name: "Ada", email: "ada", password: "short" };
  const accepting = session.accounts.accept(details);
  const problem = { status: 422, code: "email_invalid", detail: "Not an address.", field: "email" };
  const headers = { "retry-after": "7" };
  (await questions.next()).answer(Response.json(problem, { status: 422, headers }));
  expect(await accepting).toEqual({
    problem: "email_invalid",
    status: 422,
    detail: "Not an address.",
    field: "email",
    retryAfterSeconds: 7,
  });
  const away = session.accounts.instance();
  (await questions.next()).fail();
  expect(await away).toEqual({ problem: "offline", status: 0, detail: "" });
});

test("who signs out while the server cannot be reached is not brought back by the next page", async () => {
  let isLeaving = false;
  const leaving: Flag = { get: () => isLeaving, set: (is) => void (isLeaving = is) };
  const { session, questions, signed } = begin(leaving);
  void session.token();
  (await questions.next()).answer(signed("one"));
  await session.token();
  const left = session.signOut();
  (await questions.next()).fail();
  await left;

  const next = begin(leaving);
  const unreachable = next.session.token();
  const again = await next.questions.next();
  expect(again.what).toBe("DELETE /api/v1/session");
  again.fail();
  expect(await unreachable).toEqual({ refused: "unreachable" });

  const token = next.session.token();
  (await next.questions.next()).answer(new Response(null, { status: 204 }));
  const refresh = await next.questions.next();
  expect(refresh.what).toBe("POST /api/v1/session/refresh");
  refresh.answer(new Response(null, { status: 204 }));
  expect(await token).toEqual({ refused: "signed_out" });
  expect([next.session.me.value, isLeaving]).toEqual([undefined, false]);
});
