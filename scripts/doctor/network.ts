/** The server itself, and the way that people take to it. */
import { within } from "#lib/wait.ts";
import { subprotocols } from "#wire/version.ts";
import manifest from "../../package.json";
import { findPort } from "../../server/embedded/port.ts";
import { isAlive } from "../../server/embedded/processes.ts";
import { advice, bad, type Finding, good, type Installation, thresholds } from "./finding.ts";

/** On this machine the certificate need not be for the name that we call it by. */
const here: BunFetchRequestInit = { tls: { rejectUnauthorized: false } };

export async function server({ config, server: own }: Installation): Promise<Finding[]> {
  const live = await ask(`${own.localUrl}/livez`, here);
  if (!live) {
    if (own.running?.url !== undefined && own.running.workers.some(isAlive)) {
      return [
        bad(
          `${own.localUrl} does not answer, though its processes live.`,
          "Look into its log, and start it again.",
        ),
      ];
    }
    const taken = await findPort(config.host, config.port).then(
      () => undefined,
      (error: Error) => error.message,
    );
    return taken === undefined
      ? [good(`It does not run; port ${config.port} is free.`)]
      : [bad("It does not run, and could not start.", taken)];
  }
  if ((live as { status?: string }).status !== "alive") {
    return [
      bad(
        `What answers at ${own.localUrl} is not Parley.`,
        `Stop that, or set PORT to another one, such as PORT=${config.port + 1}.`,
      ),
    ];
  }
  const ready = await fetch(`${own.localUrl}/readyz`, {
    ...here,
    signal: AbortSignal.timeout(thresholds.answerMs.max),
  });
  const { status } = (await ready.json()) as { status: string };
  return [
    good(`Parley answers at ${own.localUrl}.`),
    ready.ok
      ? good("It is ready to work.")
      : bad(`It is not ready: ${status}.`, "See to what it names; it goes on by itself."),
    ...(ready.ok ? await versionOf(own.localUrl) : []),
  ];
}

/** What runs may be older than what lies here. */
async function versionOf(url: string): Promise<Finding[]> {
  const instance = (await ask(`${url}/api/v1/instance`, here)) as { version: string } | undefined;
  return instance === undefined || instance.version === manifest.version
    ? []
    : [
        advice(
          `It is ${instance.version}, and what lies here is ${manifest.version}.`,
          "Start it again to take that up.",
        ),
      ];
}

export async function address({
  config: { publicUrl, trustedProxies, tlsCert },
  server: own,
}: Installation): Promise<Finding[]> {
  if (publicUrl === undefined) {
    return [good(`Links name ${own.publicUrl}; PUBLIC_URL would give them another name.`)];
  }
  const isSecure = publicUrl.startsWith("https:");
  const findings = [
    isSecure
      ? good(`${publicUrl} is https.`)
      : advice(
          `${publicUrl} is plain http: passwords travel in the clear, and calls and notifications need https.`,
          "Put a proxy with a certificate in front.",
        ),
  ];
  if (isSecure && tlsCert === undefined && trustedProxies.length === 0) {
    findings.push(
      advice(
        "No proxy is trusted: everybody seems to come from the proxy's address, and shares its limits.",
        "Set TRUSTED_PROXIES to the proxy's address, such as TRUSTED_PROXIES=127.0.0.1.",
      ),
    );
  }
  return [...findings, ...(await throughProxy(publicUrl))];
}

/** The way that people take: a plain answer, a WebSocket, and a stream that nobody holds back. */
async function throughProxy(publicUrl: string): Promise<Finding[]> {
  const instance = (await ask(`${publicUrl}/api/v1/instance`)) as { version?: string } | undefined;
  if (instance?.version === undefined) {
    return [
      bad(
        `Parley does not answer at ${publicUrl}.`,
        "If it runs, let the proxy hand on all paths, and this machine resolve that name.",
      ),
    ];
  }
  const [opens, streams] = await Promise.all([opensWebSocket(publicUrl), streamsOne(publicUrl)]);
  return [
    good(`Parley answers at ${publicUrl}.`),
    opens
      ? good("WebSocket gets through.")
      : bad(
          "No WebSocket gets through: everybody falls back to HTTP.",
          "Let the proxy pass on Upgrade and Connection, as docs/nginx.conf does.",
        ),
    streams
      ? good("Streamed responses get through as they come.")
      : advice(
          "Streamed responses are held back until they end.",
          "Turn buffering off for /api/v1/stream (nginx: proxy_buffering off).",
        ),
  ];
}

async function opensWebSocket(publicUrl: string): Promise<boolean> {
  const socket = new WebSocket(`${publicUrl.replace(/^http/, "ws")}/ws`, subprotocols.binary);
  const { promise, resolve: settle } = Promise.withResolvers<boolean>();
  socket.addEventListener("open", () => settle(true));
  socket.addEventListener("error", () => settle(false));
  socket.addEventListener("close", () => settle(false));
  const opened = await within(thresholds.answerMs.max, promise);
  socket.close();
  return opened ?? false;
}

/** Its events are a fifth of a second apart; held back they come at once. */
async function streamsOne(publicUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${publicUrl}/api/v1/stream/test`, {
      signal: AbortSignal.timeout(thresholds.answerMs.max),
    });
    let pieces = 0;
    if (response.ok) for await (const _ of response.body!) pieces++;
    return pieces > 2;
  } catch {
    return false; // Not even to its end: held back as well.
  }
}

/** The JSON of a good answer, within the time that is given. */
async function ask(url: string, how: BunFetchRequestInit = {}): Promise<unknown> {
  try {
    const response = await fetch(url, {
      ...how,
      signal: AbortSignal.timeout(thresholds.answerMs.max),
    });
    return response.ok ? ((await response.json()) as unknown) : undefined;
  } catch {
    return undefined; // Nobody there, or nobody who speaks JSON: both are said by the caller.
  }
}
