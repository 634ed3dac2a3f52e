"""The app's stylesheet: what was parsed once is not parsed again.

Textual parses everything anew whenever a screen or a window brings styles of its own.
Rules are never changed once they are parsed, so they are kept, for each set of theme
variables, as long as the process lives.
"""

from collections import OrderedDict
from collections.abc import Mapping

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

_THEMES = 4
"""How many sets of variables are remembered, those used last."""

_Known = dict[tuple[object, ...], list[RuleSet]]
_known: OrderedDict[frozenset[tuple[str, str]], _Known] = OrderedDict()


class Sheet(Stylesheet):
    """A stylesheet that parses only what is new."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Begin without rules.

        Args:
            variables: What `$name` stands for.
        """
        super().__init__(variables=dict(variables))
        self._parsed = _parsed_with(variables)

    def set_variables(self, variables: dict[str, str]) -> None:
        """From now on `$name` stands for something else."""
        super().set_variables(variables)
        self._parsed = _parsed_with(variables)

    def reparse(self) -> None:
        """Take up new sources and variables; a fault leaves what there was."""
        self.parse()

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        # Whatever the rules depend on.
        source = (css, read_from, is_default_rules, tie_breaker, scope)
        if source not in self._parsed:
            self._parsed[source] = super()._parse_rules(*source)
        return self._parsed[source]


def _parsed_with(variables: Mapping[str, str]) -> _Known:
    """What was parsed with these variables."""
    key = frozenset(variables.items())
    if key not in _known:
        _known[key] = {}
    _known.move_to_end(key)
    while len(_known) > _THEMES:
        _known.popitem(last=False)
    return _known[key]
