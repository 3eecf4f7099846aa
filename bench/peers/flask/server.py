"""Flask-SocketIO on gevent, WebSocket alone, with Redis between servers."""
from gevent import monkey

monkey.patch_all()

import os

from flask import Flask
from flask_socketio import SocketIO, emit, join_room
from gevent.pywsgi import WSGIServer
from geventwebsocket.handler import WebSocketHandler
from socketio import RedisManager

app = Flask(__name__)
io = SocketIO(
    app,
    async_mode="gevent",
    transports=["websocket"],
    client_manager=RedisManager(f"unix://{os.environ['REDIS_SOCKET']}"),
)


@io.on("connect")
def come(_auth):
    join_room("all")


@io.on("say")
def say(body):
    emit("said", body, to="all")


server = WSGIServer(("127.0.0.1", 0), app, handler_class=WebSocketHandler, log=None)
server.start()
print(server.server_port, flush=True)
server.serve_forever()
