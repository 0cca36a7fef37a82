"""A web app with two pages: /login sends the browser to X, /callback receives it."""

import http.server
import json
import os
import traceback
import urllib.parse

CONSUMER_KEY = os.environ["CONSUMER_KEY"]
CONSUMER_SECRET = os.environ["CONSUMER_SECRET"]
CLIENT_ID = os.environ["CLIENT_ID"]
CLIENT_SECRET = os.environ["CLIENT_SECRET"]


def serve(client):
    """Serves client(callback_url), which has a method begin() that returns X's address
    and a method finish(address, query) that returns ID and handle."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            try:
                self.page()
            except Exception:
                self.reply(500, traceback.format_exc())

        def page(self):
            address = urllib.parse.urlsplit(self.path)
            if address.path == "/login":
                at_x = app.begin()
                self.send_response(302)
                self.send_header("Location", at_x)
                self.end_headers()
            elif address.path == "/callback":
                query = dict(urllib.parse.parse_qsl(address.query))
                id, handle = app.finish(origin + self.path, query)
                self.reply(200, json.dumps({"id": str(id), "handle": handle}))
            else:
                self.reply(404, "")

        def reply(self, status, body):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    origin = f"http://127.0.0.1:{server.server_port}"
    app = client(origin + "/callback")
    print("READY " + origin + "/login", flush=True)
    server.serve_forever()
