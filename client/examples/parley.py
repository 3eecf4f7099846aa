"""A Parley client in plain Python (3.9 or newer, standard library only), written from PROTOCOL.md. It says in one channel what it reads
from standard input, prints what others say there, and survives restarts of the server: nothing is lost and nothing is doubled.
    PASSWORD=… python3 parley.py http://localhost:3000 ada@example.org dm-1-2
"""
import base64, contextlib, http.client, json, os, random, sys, threading, time, urllib.parse, urllib.request, uuid

server, email, wanted = sys.argv[1:4]
url = urllib.parse.urlsplit(server)
epoch, cursors, channel = "", {}, 0  # What we hold: which history, how far in each stream, and the number of our channel.
unsent = []  # [clientMessageId, body, rootSeq]: kept until the server says that it is stored, or why not.

def sign_in():
    body = json.dumps({"email": email, "password": os.environ["PASSWORD"]}).encode()
    request = urllib.request.Request(server + "/api/v1/session", body, {"content-type": "application/json"})
    signed = json.load(urllib.request.urlopen(request, timeout=10))
    return signed["accessToken"], signed["user"]["id"]

class Talk:  # One WebSocket (RFC 6455), as much of it as a client needs, and what is asked on it.
    ref, ready, sending, lock = 0, False, None, threading.RLock()
    def open(self):
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection, key = kind(url.netloc, timeout=60), base64.b64encode(os.urandom(16)).decode()
        connection.request("GET", url.path + "/ws", headers={
            "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Protocol": "parley.v1.json"})
        self.answer, self.socket = connection.getresponse(), connection.sock  # Where it is not 101 there is nothing to read.
    def ask(self, op, *fields):
        with self.lock:
            self.ref += 1
            data, mask = json.dumps([op, self.ref, *fields]).encode(), os.urandom(4)
            size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
            with contextlib.suppress(OSError):  # Whoever reads notices, and comes back.
                self.socket.sendall(b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))
    def frames(self):
        whole, file = b"", self.answer.fp
        while head := file.read(2):
            n = head[1] if head[1] < 126 else int.from_bytes(file.read(2 if head[1] == 126 else 8), "big")
            data, kind = file.read(n), head[0] & 15
            whole += data if kind < 3 else b""  # 8 and above are not ours: close, ping, pong.
            if kind < 3 and head[0] & 0x80:
                frame, whole = json.loads(whole), b""
                yield from frame if isinstance(frame[0], list) else [frame]  # A bundle holds several.
    def flush(self):  # At most one unanswered send; the id stays the same through every retry.
        with self.lock:
            if self.ready and channel and unsent and self.sending != unsent[0][0]:
                self.sending = unsent[0][0]
                self.ask(5, channel, [unsent[0]])
    def live(self):
        global epoch, channel
        token, me = sign_in()
        self.open()
        self.ask(1, token, epoch, [[me, cursors.get(me, 0)]] + [[s, c] for s, c in cursors.items() if s != me])  # hello
        for op, *fields in self.frames():
            if op == 66:  # welcome
                epoch = fields[2]
            elif op in (128, 129):  # interval: stream, from, through, rows; reset: stream, through, since, older, rows
                stream, rows, held = fields[0], fields[-1], cursors.get(fields[0], 0)
                if op == 128 and fields[1] > held:  # Something before it is missing: resume.
                    self.ask(3, epoch, [[stream, held]])
                    continue
                cursors[stream] = fields[1] if op == 129 else max(held, fields[2])
                for kind, entity, _, body in rows:
                    if kind == 4 and body and body[0] == wanted:  # A membership in our channel: open it.
                        channel = entity
                        self.ask(6, channel, epoch, cursors.get(channel, 0))
                    if kind == 1 and body and stream == channel and entity > held and body[0] != me:
                        print(f"{body[0]}: {body[7]}", flush=True)  # A message: its author, and its body.
            elif op == 131:  # caughtUp
                self.ready = True
            elif op == 132:  # tokenExpiring: renew
                self.ask(2, sign_in()[0])
            elif op == 67 and fields[1][0][2] not in ("unavailable", "slow_down"):  # sent: our draft has its fate
                unsent.pop(0)
            elif op in (64, 67, 136):  # Refused, or nobody knows, or we were too slow (lagged): come back and say it again.
                return
            self.flush()

def come_back(failures=0):
    global talk
    while True:
        talk = Talk()
        try:
            talk.live()
        except (OSError, http.client.HTTPException) as why:
            print(why, file=sys.stderr)
        failures = 0 if talk.ready else failures + 1
        time.sleep(random.random() * min(30, 0.25 * 2**failures))

def beat():
    while True:
        time.sleep(25)
        talk.ready and talk.ask(13)  # ping

talk = Talk()
for work in come_back, beat:
    threading.Thread(target=work, daemon=True).start()
for line in sys.stdin:  # A UUID of version 7 (RFC 9562): milliseconds, then chance.
    chance = random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62)
    unsent.append([str(uuid.UUID(int=int(time.time() * 1000) << 80 | 7 << 76 | chance)), line.rstrip("\n"), None])
    talk.flush()
