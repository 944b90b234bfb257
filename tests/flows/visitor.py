"""People and programs as the portal meets them: over HTTP alone, pages without a script, knowing nothing of Django."""

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

WAIT = 30
# Elements whose words a reader does not see, or that do not end.
UNSEEN, ENDLESS = {"script", "style", "template", "title", "option"}, {"input", "br", "img", "link", "meta", "hr"}


@dataclass
class Link:
    """A link or a button: its words and what it leads to or sends."""

    words: str = ""
    given: dict[str, str] = field(default_factory=dict)


@dataclass
class Form:
    """A form as a browser has it: where it goes, what its fields hold, its buttons."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[Link] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads a page: its words, links, forms."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__(convert_charrefs=True)
        self.root: dict[str, str] = {}
        self.words: list[str] = []
        self.links: list[Link] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._open: list[str] = []
        self._named: list[Link] = []
        self._area: tuple[str, list[str]] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        given = {name: value or "" for name, value in attrs}
        if tag not in ENDLESS:
            self._open.append(tag)
        if tag == "html":
            self.root = given
        elif tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag in ("a", "button"):
            link = Link(given=given)
            self._named.append(link)
            if tag == "a":
                self.links.append(link)
            elif self._form is not None and given.get("type", "submit") == "submit":
                self._form.buttons.append(link)
        elif tag == "textarea":
            self._area = (given.get("name", ""), [])
        elif tag == "select":
            self._select = given.get("name", "")
        else:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        """A field of the form, as far as it would be sent."""
        if self._form is None:
            return
        kind = given.get("type", "text")
        if tag == "option" and self._select and "selected" in given:
            self._form.fields.append((self._select, given.get("value", "")))
        elif tag == "input" and given.get("name") and (kind not in ("checkbox", "radio") or "checked" in given):
            self._form.fields.append((given["name"], given.get("value", "on" if kind == "checkbox" else "")))

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        while tag in self._open and self._open.pop() != tag:
            pass
        if tag == "form":
            self._form = None
        elif tag in ("a", "button") and self._named:
            self._named.pop()
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area is not None:
            if self._form is not None:
                self._form.fields.append((self._area[0], "".join(self._area[1]).removeprefix("\n")))
            self._area = None

    def handle_data(self, data: str) -> None:
        """Words."""
        if self._area is not None:
            self._area[1].append(data)
        elif not UNSEEN.intersection(self._open):
            self.words.append(data)
            for link in self._named:
                link.words = tidy(link.words + data)


def tidy(words: str) -> str:
    """With single spaces."""
    return re.sub(r"\s+", " ", words).lstrip()


@dataclass
class Page:
    """A page that was answered."""

    status: int
    address: str
    html: str

    def __post_init__(self) -> None:
        """Read it."""
        self.reader = Reader()
        self.reader.feed(self.html)
        self.text = tidy(" ".join(self.reader.words))

    def link(self, part: str) -> Link:
        """The first link whose address or words have this in them."""
        found = [link for link in self.reader.links if part in link.given.get("href", "") or part in link.words]
        assert found, f"no link «{part}» on {self.address}: {self.text[:2000]}"
        return found[0]

    def has_button(self, words: str) -> bool:
        """Whether there is a button that begins with these words."""
        return any(button.words.startswith(words) for form in self.reader.forms for button in form.buttons)

    def button(self, words: str) -> tuple[Form, Link]:
        """The last button that begins with these words, and its form."""
        found = [
            (form, button)
            for form in self.reader.forms
            for button in form.buttons
            if button.words.startswith(words) and "visually-hidden" not in button.given.get("class", "")
        ]
        assert found, f"no button «{words}» on {self.address}: {self.text[:2000]}"
        return found[-1]


class Visitor:
    """A person at a browser without scripts."""

    def __init__(self, url: str, language: str) -> None:
        """A browser of one's own, in a language."""
        self.url = url
        self.language = language
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self.seen: list[Page] = []

    def open(self, address: str, data: list[tuple[str, str]] | None = None) -> Page:
        """The page at an address, wherever it leads; in the right language and without a fault of the portal."""
        sent = None if data is None else urllib.parse.urlencode(data).encode()
        asked = urllib.request.Request(urllib.parse.urljoin(self.url, address), sent)
        asked.add_header("Accept-Language", self.language)
        asked.add_header("Accept", "text/html")
        try:
            with self._opener.open(asked, timeout=WAIT) as answer:
                page = Page(answer.status, answer.url, answer.read().decode())
        except urllib.error.HTTPError as error:
            page = Page(error.code, error.url, error.read().decode())
        assert page.status < 500, f"{page.status} at {page.address}"
        assert page.reader.root.get("lang") == self.language, page.address
        assert page.reader.root.get("dir") == ("rtl" if self.language == "ar" else "ltr"), page.address
        self.seen.append(page)
        return page

    def follow(self, page: Page, part: str) -> Page:
        """Follow a link."""
        return self.open(urllib.parse.urljoin(page.address, page.link(part).given["href"]))

    def press(self, page: Page, words: str, typed: dict[str, str] | None = None) -> Page:
        """Type into a form and press one of its buttons."""
        form, button = page.button(words)
        typed = typed or {}
        assert set(typed) <= _names(page, form), set(typed) - _names(page, form)
        data = [(name, value) for name, value in form.fields if name not in typed] + list(typed.items())
        if button.given.get("name"):
            data.append((button.given["name"], button.given.get("value", "")))
        address = urllib.parse.urljoin(page.address, button.given.get("formaction") or form.action)
        assert form.method == "post"
        return self.open(address, data)

    def sign_in(self, email: str, password: str, code: str = "") -> Page:
        """From the entrance to one's home, with the code of the second step where it is asked for."""
        entrance = self.open("/")
        assert "/accounts/login/" in entrance.address
        form = next(form for form in entrance.reader.forms if "login" in dict(form.fields))
        home = self.press(entrance, form.buttons[0].words, {"login": email, "password": password})
        if "/2fa/authenticate/" in home.address:
            form = next(form for form in home.reader.forms if "code" in dict(form.fields))
            home = self.press(home, form.buttons[0].words, {"code": code})
        assert urllib.parse.urlsplit(home.address).path == "/", home.text[:1000]
        return home


def _names(page: Page, form: Form) -> set[str]:
    """The names of a form's fields, those of unchosen choices too."""
    return {name for name, _value in form.fields} | set(re.findall(r'<(?:select|input)[^>]* name="([^"]+)"', page.html))


@dataclass
class Reply:
    """What the API answered."""

    status: int
    body: Any
    headers: Any


class Program:
    """A program with a key of a person."""

    def __init__(self, url: str, email: str = "", password: str = "", language: str = "en", otp: str = "") -> None:
        """Fetch a key as programs do."""
        self.url = f"{url}/api/v1/"
        self.headers = {"Accept": "application/json", "Accept-Language": language}
        if email:
            key = self.post("auth/token/", {"email": email, "password": password, "otp": otp})
            assert key.status == 200, key.body
            self.headers["Authorization"] = f"Token {key.body['token']}"

    def ask(self, method: str, address: str, body: Any = None, **headers: str) -> Reply:
        """One request."""
        given = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            given["Content-Type"] = "application/json"
        asked = urllib.request.Request(urllib.parse.urljoin(self.url, address), data, given, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=WAIT) as answer:
                return Reply(answer.status, json.loads(answer.read()), answer.headers)
        except urllib.error.HTTPError as error:
            return Reply(error.code, json.loads(error.read()), error.headers)

    def get(self, address: str, **query: str) -> Reply:
        """Ask."""
        return self.ask("GET", f"{address}?{urllib.parse.urlencode(query)}")

    def post(self, address: str, body: Any = None, **headers: str) -> Reply:
        """Send."""
        return self.ask("POST", address, {} if body is None else body, **headers)
