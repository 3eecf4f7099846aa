// A Parley client for a browser's console, on any page of a Parley where somebody is signed in: after PROTOCOL.md.
globalThis.parley = async (wanted, base = `${location.origin}/`) => {
  const [held, unsent, heard] = [new Map(), [], []];
  let [epoch, ref, channel, socket, sending] = ["", 0];
  const ask = (op, ...fields) => socket.send(JSON.stringify([op, ++ref, ...fields]));
  const signIn = async () => (await fetch(`${base}api/v1/session/refresh`, { method: "POST" })).json();
  const flush = () => {
    const isFree = socket.ready && channel && unsent[0] && sending !== unsent[0][0]; // At most one unanswered send,
    if (isFree) ask(5, channel, [([sending] = unsent[0]) && unsent[0]]); // and the same id through every retry.
  };
  const take = (me, [op, ...f]) => {
    [epoch, socket.ready] = [op === 66 ? f[2] : epoch, socket.ready || op === 131]; // welcome, caughtUp
    if (op === 132) signIn().then(({ accessToken }) => ask(2, accessToken)); // tokenExpiring: renew
    if (op === 67 && !["unavailable", "slow_down"].includes(f[1][0][2])) unsent.shift(); // sent: its fate
    else if ([64, 67, 136].includes(op)) socket.close(); // Refused, or nobody knows, or lagged: come back, say it again.
    const cursor = held.get(f[0]) ?? 0;
    if (op === 128 && f[1] > cursor) return ask(3, epoch, [[f[0], cursor]]); // Something is missing: resume.
    if (op === 128 || op === 129) held.set(f[0], op === 129 ? f[1] : Math.max(cursor, f[2])); // interval, reset
    for (const [kind, entity, , body] of op === 128 || op === 129 ? f.at(-1) : []) {
      if (kind === 4 && body?.[0] === wanted) ask(6, (channel = entity), epoch, held.get(entity) ?? 0); // open
      if (kind === 1 && body && f[0] === channel && entity > cursor && body[0] !== me) console.log(`${body[0]}: ${body[7]}`, heard.push(body[7])); // A message: its author, and its body.
    }
    flush();
  };
  const live = async (failures = 0, ready = false) => {
    const signed = await signIn().catch(() => undefined);
    const again = () => void setTimeout(live, Math.random() * Math.min(30_000, 250 * 2 ** failures), ready ? 0 : failures + 1);
    if (!signed?.user) return again();
    [socket, sending] = [new WebSocket(`${base.replace("http", "ws")}ws`, "parley.v1.json")];
    socket.onopen = () => ask(1, signed.accessToken, epoch, [...new Map([[signed.user.id, 0], ...held])]); // hello
    socket.onmessage = ({ data }, frame = JSON.parse(data)) => (Array.isArray(frame[0]) ? frame : [frame]).forEach((one) => take(signed.user.id, one));
    const beat = setInterval(() => socket.ready && ask(13), 25_000); // ping
    socket.onclose = () => [clearInterval(beat), (ready = socket.ready), again()];
  };
  const chance = () => Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const uuid = (ms = Date.now().toString(16).padStart(12, "0")) => // Version 7: time, then chance.
    `${ms}7${chance()}`.replace(/^(.{8})(.{4})(.{4})(.{3})(.{12}).*/, "$1-$2-$3-8$4-$5");
  await live();
  return { heard, say: (text) => [unsent.push([uuid(), text, null]), flush()] };
};
