"""Has mux been set up on this machine?"""

from mux_tui.core.config.environment import Environment
from mux_tui.core.config.keys import keys
from mux_tui.core.config.variables import variable_of


def is_first_run(environment: Environment) -> bool:
    """Whether nothing says how mux is to work: then it should be asked.

    A settings file, a setting in a variable, or an installed starter each say enough.
    Takes no longer than looking for two files.
    """
    paths = environment.paths
    if paths.config_file.exists():
        return False
    if any(variable_of(name) in environment.variables for name in keys()):
        return False
    if not paths.models.exists():
        return True

    # Late: where there are no models at all, nothing has to be loaded to know it.
    from mux_tui.core.weights.starter import starter_installed

    return not starter_installed(paths)
