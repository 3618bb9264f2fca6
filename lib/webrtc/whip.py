"""WHIP and WHEP client: an offer goes out by HTTP, the answer comes back (RFC 9725)."""
# MIT License; see LICENSE

from micropython import const

from . import http

_CREATED = const(201)
_REDIRECTS = (307, 308)
_MAX_REDIRECTS = const(3)


class WhipError(Exception):
    """The endpoint refused. `status`: the HTTP status; `text`: the begin of what it said."""

    def __init__(self, status, text):
        super().__init__(f"the endpoint answered {status}: {text}")
        self.status = status
        self.text = text


class Whip:
    """A session at a WHIP or WHEP endpoint: `exchange` begins it, `hang_up` ends it.

    url: of the endpoint. token: sent as bearer token, to the origin of `url` alone. ca: the
    certificate authority (PEM or DER bytes) that an https endpoint is verified with; context: a
    TLS context in its place. timeout_ms: of each request.

    As `async with Whip(..) as whip` it hangs up by itself.
    """

    def __init__(self, url, token=None, ca=None, context=None, timeout_ms=10000):
        self._url = http.Url(url)
        self._token = token
        self._context = http.client_context(ca) if ca is not None else context
        if self._url.secure and self._context is None:
            raise ValueError("https needs ca, the certificate to verify the endpoint with")
        self._timeout_ms = timeout_ms
        self._session = None

    async def exchange(self, offer):
        """Post an offer and return the answer. Raises WhipError, http.HttpError."""
        headers = {"Content-Type": "application/sdp", "Accept": "application/sdp"}
        url = self._url
        for _ in range(1 + _MAX_REDIRECTS):
            response = await self._request("POST", url, headers, offer.encode())
            location = response.headers.get("location", "")
            if response.status not in _REDIRECTS or not location:
                break
            url = self._follow(url, location)
        if response.status != _CREATED:
            raise WhipError(response.status, _text(response.body)[:200])
        if location:
            self._session = self._follow(url, location)
        return _text(response.body)

    async def hang_up(self):
        """Delete the session, if there is one. Raises http.HttpError."""
        session, self._session = self._session, None
        if session is not None:
            await self._request("DELETE", session, {}, b"")

    # What was secure stays secure.
    def _follow(self, url, location):
        target = http.Url(url.join(location))
        if url.secure and not target.secure:
            raise WhipError(0, "redirected from https to http")
        return target

    async def _request(self, method, url, headers, body):
        if self._token is not None and url.origin == self._url.origin:
            headers = dict(headers)
            headers["Authorization"] = "Bearer " + self._token
        return await http.request(method, url, headers, body, self._context, self._timeout_ms)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        try:  # noqa: SIM105 (no contextlib on a chip)
            await self.hang_up()
        except http.HttpError:
            pass  # the endpoint notices by close_notify, or by silence


def _text(body):
    try:
        return body.decode()
    except UnicodeError:
        return ""
