"""What browsers load beside the pages: ours, and htmx exactly as its makers published it."""

import hashlib

import httpx

from api.pages.frame.rendering import HERE, static_address

HTMX_2_0_11 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"


def test_htmx_is_what_its_makers_published() -> None:
    assert hashlib.sha256((HERE / "static" / "htmx.min.js").read_bytes()).hexdigest() == HTMX_2_0_11
    assert "Zero-Clause BSD" in (HERE / "static" / "htmx.LICENSE").read_text(encoding="utf-8")


async def test_files_are_kept_by_browsers_and_named_by_their_content(http: httpx.AsyncClient) -> None:
    for name, kind in (("pages.css", "text/css"), ("pages.js", "text/javascript"), ("icon.svg", "image/svg+xml")):
        answer = await http.get(static_address(name))
        assert answer.headers["content-type"].startswith(kind)
        assert "immutable" in answer.headers["cache-control"]


async def test_there_is_no_way_out_of_the_folder(http: httpx.AsyncClient) -> None:
    for name in ("..%2Frendering.py", "pages.css.bak", "%2e%2e"):
        assert (await http.get(f"/static/{name}")).status_code == 404


async def test_pages_allow_scripts_of_ours_only(http: httpx.AsyncClient) -> None:
    policy = (await http.get("/login")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
