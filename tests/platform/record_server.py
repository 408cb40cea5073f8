"""A stand-in for a hub on loopback: serves a list of records page by page, and fails where a test says."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


class RecordServer:
    """``records`` are served as any object; ``tokens`` and ``totals`` say which headers come with a page.

    ``failures`` maps ``(method, page or path)`` to a list of answers given first, as ``(status, body)``;
    ``seen`` holds every call as ``(method, path, query, body)``. ``cap`` is the provider's page size.
    """

    def __init__(self):
        self.records, self.seen, self.failures = [], [], {}
        self.tokens, self.totals, self.cap = True, True, 2000
        self.answers = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                status, headers, content = outer.answer(self.command, self.path, body)
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self, method, target, body):
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        path = parts.path.split("/elements/api-v2", 1)[1]
        self.seen.append((method, path, query, json.loads(body) if body else None))
        page = int(query.get("page") or query.get("nextPage") or 1)
        for key in ((method, page), (method, path)):
            if self.failures.get(key):
                status, content = self.failures[key].pop(0)
                return status, {}, content if isinstance(content, bytes) else json.dumps(content).encode()
        if (method, path) in self.answers:
            status, content = self.answers[method, path]
            return status, {}, content if isinstance(content, bytes) else json.dumps(content).encode()
        size = min(int(query.get("pageSize", 200)), self.cap)
        found = self.records[(page - 1) * size : page * size]
        headers = {"Elements-Total-Count": str(len(self.records))} if self.totals else {}
        if self.tokens and page * size < len(self.records):
            headers["Elements-Next-Page-Token"] = str(page + 1)
        return 200, headers, json.dumps(found).encode()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
