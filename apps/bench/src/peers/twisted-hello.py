"""Answers hello with twisted.web, and prints its port first."""

from twisted.internet import reactor
from twisted.web import resource, server

BODY = b"Hello, World!\n"


class Hello(resource.Resource):
    isLeaf = True

    def render_GET(self, request):
        request.setHeader(b"Content-Type", b"text/plain")
        return BODY


class QuietSite(server.Site):
    def log(self, request):
        pass


port = reactor.listenTCP(0, QuietSite(Hello()), backlog=4096, interface="127.0.0.1")
print(port.getHost().port, flush=True)
reactor.run()
