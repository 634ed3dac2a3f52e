"""Names that a draft does not touch by default, as data.

A pattern is matched against names in lower case: `name/` is a directory anywhere in a
path and all below it, `a/b` the last parts of a path, anything else a file's name.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """Names, and the one reason why they are refused."""

    why: str
    """A clause: `is git's own`."""

    patterns: tuple[str, ...]


INNARDS = (
    Rule(
        "is version control's own: what is written there can run code",
        (
            ".git/",
            "git~[0-9]*/",
            ".hg/",
            ".svn/",
            ".bzr/",
            ".jj/",
            ".sl/",
            ".gitmodules",
            ".gitconfig",
            ".hgrc",
            ".hgsub",
        ),
    ),
    Rule("would make its directory look like a git repository", ("head",)),
    Rule(
        "is mux's own: it decides what mux may do", (".mux.toml", ".mux/", ".mux-*.tmp")
    ),
)
"""Never lifted."""

PROTECTED = (
    Rule(
        "holds hooks that git runs",
        (".husky/", ".githooks/", ".git-hooks/", ".lefthook/", "lefthook.y*ml")
        + (".lefthook.y*ml", "lefthook.toml", ".pre-commit-config.y*ml")
        + (".pre-commit-hooks.y*ml", ".overcommit.yml", ".simple-git-hooks.*"),
    ),
    Rule(
        "sets up a coding agent, which may run what it says",
        (
            ".claude/",
            ".codex/",
            ".gemini/",
            ".cursor/",
            ".windsurf/",
            ".continue/",
            ".roo/",
            ".kilocode/",
            ".kiro/",
            ".amazonq/",
            ".augment/",
            ".junie/",
            ".trae/",
            ".qwen/",
            ".crush/",
            ".opencode/",
            ".goose/",
            ".openhands/",
            ".aider.conf.yml",
            ".claude.json",
            ".mcp.json",
            "mcp.json",
            "opencode.json*",
            "crush.json",
            ".crush.json",
            ".cursorrules",
            ".windsurfrules",
            ".clinerules/",
            ".roomodes",
            ".goosehints",
        ),
    ),
    Rule(
        "sets up an editor, which may run what it says",
        (
            ".vscode/tasks.json",
            ".vscode/settings.json",
            ".vscode/launch.json",
            ".vscode/extensions.json",
            "*.code-workspace",
            ".idea/",
            ".fleet/",
            ".zed/",
            ".nova/",
            ".devcontainer/",
            ".devcontainer.json",
            ".exrc",
            ".nvimrc",
            ".nvim.lua",
            ".vimrc",
            ".gvimrc",
            ".dir-locals.el",
            ".dir-locals-2.el",
            ".emacs",
            ".emacs.d/",
        ),
    ),
    Rule(
        "runs when a shell or a debugger starts here",
        (
            ".envrc",
            ".direnv/",
            ".bashrc",
            ".bash_profile",
            ".bash_login",
            ".bash_logout",
            ".profile",
            ".zshrc",
            ".zshenv",
            ".zprofile",
            ".zlogin",
            ".config/fish/*",
            ".gdbinit",
            ".lldbinit",
            ".pdbrc",
            ".config/autostart/*",
            ".config/systemd/*",
            "library/launchagents/*",
        ),
    ),
    Rule(
        "runs whenever Python or a package manager starts here",
        ("sitecustomize.py", "usercustomize.py", "*.pth", ".yarnrc", ".yarnrc.yml")
        + (".yarn/", ".pnpmfile.cjs", ".pnpmfile.mjs"),
    ),
    Rule(
        "runs on a build machine, with its secrets, once it is pushed",
        (
            ".github/workflows/*",
            ".github/actions/*",
            ".gitlab-ci.y*ml",
            ".gitlab/ci/*",
            ".circleci/",
            ".buildkite/",
            ".woodpecker/",
            ".woodpecker.y*ml",
            ".drone.yml",
            ".travis.yml",
            ".forgejo/workflows/*",
            ".gitea/workflows/*",
            "azure-pipelines.y*ml",
            "bitbucket-pipelines.yml",
            "jenkinsfile",
        ),
    ),
    Rule(
        "holds secrets by its name",
        (
            ".env",
            ".env.*",
            "*.env",
            "*.pem",
            "*.key",
            "*.p12",
            "*.pfx",
            "*.jks",
            "*.keystore",
            "*.kdbx",
            "*.ppk",
            "id_rsa*",
            "id_dsa*",
            "id_ecdsa*",
            "id_ed25519*",
            ".netrc",
            "_netrc",
            ".npmrc",
            ".pypirc",
            ".pgpass",
            ".my.cnf",
            ".htpasswd",
            ".git-credentials",
            ".dockercfg",
            ".docker/config.json",
            ".vault-token",
            ".terraformrc",
            "*.tfvars",
            "*.tfstate",
            "credentials",
            ".credentials*",
            "credentials.json",
            "credentials.toml",
            "credentials.y*ml",
            "credentials.ini",
            "credentials.csv",
            "credentials.xml",
            "credentials.*enc",
            "*_credentials.json",
            "*-credentials.json",
            "service-account*.json",
            "service_account*.json",
            "secrets.json",
            "secrets.toml",
            "secrets.y*ml",
            ".ssh/",
            ".gnupg/",
            ".aws/",
            ".azure/",
            ".kube/",
            ".config/gcloud/*",
            ".config/gh/*",
        ),
    ),
)
"""Lifted by a pattern of the user's. Source files such as `credentials.py` are none."""

TEMPLATES = (
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    ".env.*.example",
    ".env.*.sample",
    ".env.*.template",
    "example.env",
    "sample.env",
)
"""Shown to everybody on purpose, for all that their names look like."""
