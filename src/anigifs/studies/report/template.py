"""The template of the page, with its style and script inside, and the policy that binds them."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from anigifs.studies.sections import percent


def rendered(context: Mapping[str, Any]) -> str:
    """Return the page with its words; what is no markup of ours is escaped."""
    style, script = _source("style.css"), _source("script.js")
    return _environment().get_template("page.html.j2").render(
        **context, style=Markup(style), script=Markup(script), policy=_policy(style, script)
    )  # fmt: skip


def _policy(style: str, script: str) -> str:
    """Return a policy under which a browser asks for nothing, and runs this script alone."""
    return (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _source(name: str) -> str:
    return files("anigifs.studies").joinpath("data", "report", name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("anigifs.studies", "data/report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=percent, signed=_signed, bound=_bound)
    return environment


def _signed(words: str) -> str:
    """Return the words of a number with true minus signs."""
    return words.replace("-", "\N{MINUS SIGN}")


def _bound(sentence: str) -> str:
    """Return a sentence in which no line begins with a percent sign."""
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")
