"""The manual says something of everything."""

from mux_tui.core.config.keys import keys
from mux_tui.core.config.manual import manual


def test_every_setting_is_in_the_manual_once_and_in_order() -> None:
    listed = [entry.key.name for section in manual() for entry in section.entries]
    assert listed == list(keys())


def test_every_setting_and_every_table_has_a_docstring() -> None:
    for section in manual():
        assert section.meaning.endswith("."), section.name
        for entry in section.entries:
            assert entry.meaning.endswith((".", "`.")), entry.key.name


def test_tables_with_the_same_keys_refer_to_the_first() -> None:
    same = {section.name: section.same_as for section in manual() if section.same_as}
    assert same == {
        "providers.codex": "providers.claude",
        "providers.gemini": "providers.claude",
    }
