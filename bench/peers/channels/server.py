"""Django Channels on uvicorn with uvloop, groups on Redis by publish and subscribe: of its layers the fastest."""
import os
import socket

import django
from django.conf import settings

settings.configure(
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [f"unix://{os.environ['REDIS_SOCKET']}"]},
        }
    }
)
django.setup()

import uvicorn
from channels.generic.websocket import AsyncWebsocketConsumer


class Listener(AsyncWebsocketConsumer):
    groups = ["all"]

    async def receive(self, text_data=None, bytes_data=None):
        await self.channel_layer.group_send("all", {"type": "said", "body": bytes_data})

    async def said(self, event):
        await self.send(bytes_data=event["body"])


listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
print(listening.getsockname()[1], flush=True)
uvicorn.Server(
    uvicorn.Config(
        Listener.as_asgi(),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="off",
        log_level="error",
    )
).run(sockets=[listening])
