"""Several model servers in the settings."""

import pytest

from mux_tui.core.config.check import check_table
from mux_tui.core.config.settings import LocalProvider


def problems(urls: object) -> tuple[str, ...]:
    table = {"providers": {"local": {"endpoints": urls}}}
    return check_table(table, ".".join).all_problems()


def test_the_first_endpoint_stands_for_the_base_url_where_there_is_none() -> None:
    one, two = "http://a/v1", "http://b/v1"
    assert LocalProvider(endpoints=(one, two)).base_url == one
    assert LocalProvider(base_url=two, endpoints=(one,)).base_url == two
    assert LocalProvider().base_url == ""


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        ([""], "each be no empty text"),
        (["ftp://a"], "each begin with http:// or https://"),
        (["http://a/v1", "http://b/v1?key=x"], "each have no ? in it"),
        (["http://a/v1", "http://a/v1/"], "name each at most once"),
        ("http://a/v1", "a list of texts"),
    ],
)
def test_endpoints_are_addresses_each_named_once(urls: object, said: str) -> None:
    (problem,) = problems(urls)
    assert f"must {said}" in problem or f"must be {said}" in problem


def test_good_endpoints_are_taken() -> None:
    assert problems(["http://a:8000/v1", "https://b.example/v1"]) == ()
