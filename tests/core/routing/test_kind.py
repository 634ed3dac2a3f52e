"""A golden table: which tasks order a change to files, and which want an answer."""

import pytest

from mux_tui.core.config.settings import Router
from mux_tui.core.routing.features import features

FILE_WORK = (
    "create a Flask app in ./api",
    "add tests to tests/test_x.py",
    "fix the bug in src/a.py and keep the tests green",
    "Fix the null pointer bug in UserService and keep tests passing",
    "Create a Python CLI project in /tmp/my-app with README and tests",
    "Rename the function foo to bar in src/a.py",
    "Delete all .pyc files",
    "Please update README.md with the new flags",
    "Can you create a file called notes.txt with three lines?",
    "Could you fix the typo in docs/index.md?",
    "Write a summary of docs/routing.md to SUMMARY.md",
    "Implement quicksort in src/sort.py",
    "Make the tests pass",
    "Save the result to out.txt",
    "Why does tests/test_x.py fail? Fix it.",
    "Explain how src/a.py works and then fix the bug in it",
    "scaffold a new Rust project in crates/parser",
    "Set up a project skeleton on disk",
    "Move src/old.py to src/new.py",
    "Add type hints to src/util.py",
    "Generate a Dockerfile for this project",
    "Refactor src/auth/login.py to use dataclasses",
    "I want you to add a --json flag to src/cli.py",
    "Let's rewrite lib/parser.js in TypeScript",
    "Add tests for the parser",
    "Replace print with logging in the whole codebase of this repository",
    "Remove the unused imports from app/models.py",
    "Create src/api/routes.py with one GET endpoint",
    "Write unit tests for src/math.py",
    "1. Create config/dev.toml\n2. Update src/main.rs to read it",
    "update our project to Python 3.12",
    "build a todo app in ./todo",
    "Document every public function in src/lib.rs",
    "In src/a.py, fix the off-by-one error",
    "Write the config to ~/.config/app/config.toml",
    "Persist the settings to config/app.toml",
    "@docs/plan.md says what to do. Implement it in src/app.py",
)

ADVISORY = (
    "what does /etc/hosts do?",
    "explain CI/CD",
    "why is src/a.py slow?",
    "What is the security impact?",
    "Say hello in one sentence.",
    "Write a Python function that reverses a string",
    "write a function to parse /etc/hosts",
    "Write a regex that matches /api/v1/users",
    "How do I add tests to tests/test_x.py?",
    "How do I create a file and add a line to notes.txt?",
    "Show me how to create a file in bash",
    "Explain how to set up a project in /srv and add a service to it",
    "Implement quicksort in Python",
    "Fix this code:\n```python\ndef f(:\n```",
    "Refactor this function: def f(x): return x",
    "Create a plan for migrating src/ to Rust",
    "Write a summary of docs/routing.md",
    "Review src/auth.py for security problems",
    "Could you explain what src/main.rs does?",
    "What is the difference between input/output and I/O?",
    "Generate a SQL query for the second highest salary",
    "Is it safe to delete /tmp/cache?",
    "What happens if I delete src/a.py?",
    "Does TCP/IP persist a connection?",
    "Describe the build setup of a typical Go project",
    "List the files in /tmp",
    "What would create a race in lib/queue.c?",
    "Do not change any files; what is wrong in src/a.py?",
    "Explain src/a.py without writing files, then fix it",
    "Translate this to French: good morning",
    "Write a haiku about refactoring",
    "what does implement mean in Java?",
    "Which of read/write locks is faster at 10 km/h?",
    "Compare and/or operators",
    "Write a script that counts words in /var/log/syslog",
    "generate three names for a cat",
    "How would you build a project in /opt?",
    "I have a file at /etc/nginx/nginx.conf. What does worker_processes mean?",
    "Is https://example.org/create/file.py a good tutorial?",
    "The build in /home/me/app fails with exit code 2",
    "create a sentence with the word persist",
    "Tell me a joke",
    "Give me an example of a Makefile",
    "Write an email to my team about the migration",
    "Who wrote README.md?",
    "asdf qwer zxcv",
    "At / there is a folder, what is it for?",
    "Show the syntax to write to a file in C",
    "Why do people set up CI/CD on GitHub?",
    "Add 2 and 2",
    "Convert 10 miles to km",
    "Make it shorter",
    "implement quicksort",
    "What is the difference between / and // in Python?",
    "How are logs persisted under /var?",
    "Explain the setup in / and the /CD stage",
    "generate a haiku",
    "Is `create` a reserved word in SQL?",
    "read /proc/cpuinfo and tell me what flags mean",
    "Fix this:\nTraceback (most recent call last):\n"
    '  File "/srv/app/main.py", line 3, in <module>\nNameError: x',
)

FILE_WORK_ABROAD = (
    "Behebe den Fehler in src/a.py",
    "Bitte korrigiere die fehlschlagenden Tests.",
    "Füge in README.md einen Abschnitt über die Installation hinzu.",
    "Benenne load in io.py zu read um",
    "Bitte den Fehler in src/a.py beheben.",
    "Kannst du den Test in tests/test_x.py reparieren?",
    "Erstelle eine Datei notes.txt mit drei Zeilen",
    "Schreibe eine Zusammenfassung von docs/a.md nach SUMMARY.md",
    "Ersetze print durch logging im ganzen Projekt",
    "Corrige l'erreur dans src/a.py",
    "Peux-tu ajouter des tests dans tests/test_x.py ?",
    "S'il te plaît, renomme la fonction load dans io.py",
    "Mets à jour les tests.",
    "Crée le fichier notes.txt avec trois lignes",
    "Peux-tu corriger les tests ?",
    "Tu peux corriger src/a.py ?",
    "¿Puedes corregir src/a.py?",
    "Corrige src/a.py : il échoue",
    "Corrige el error en src/a.py",
    "Por favor, añade pruebas a tests/test_x.py",
    "Crea un archivo notes.txt con tres líneas",
    "Actualiza los archivos del proyecto a Python 3.12",
    "¿Qué falla?\nArregla src/a.py",
)

ADVISORY_ABROAD = (
    "Wie behebe ich den Fehler in src/a.py?",
    "Warum ist src/a.py langsam?",
    "Erkläre src/a.py",
    "Schreibe eine Funktion, die /etc/hosts liest",
    "Schreibe eine Zusammenfassung von docs/routing.md",
    "Behebe den Fehler in src/a.py, ohne Dateien zu ändern: nur erklären",
    "Ändere nichts, aber was ist falsch in src/a.py?",
    "Schreibe ein Gedicht",
    "Korrigiere diesen Satz: Ich bin gegangen zu Schule",
    "Comment corriger l'erreur dans src/a.py ?",
    "Explique src/a.py",
    "Écris une fonction qui lit dans /etc/hosts",
    "Écris un résumé de docs/routing.md",
    "Corrige cette phrase : je suis aller",
    "Ne modifie rien ; corrige mentalement src/a.py",
    "¿Cómo corrijo el error en src/a.py?",
    "Explica src/a.py",
    "Escribe una función que lee en /etc/hosts",
    "Escribe un resumen de docs/routing.md",
    "No modifiques archivos; arregla mentalmente src/a.py",
    "Quite the bug in src/a.py",
    "Ändere ich config.py, bricht dann etwas?",
    "Lösche ich die Datei a.txt, ist dann alles weg?",
    "Baue mir ein Beispiel für eine Datei namens a.py, aber nur hier im Chat",
    "Mache eine Liste aller Funktionen in utils.py",
    "Erstelle eine Übersicht der Klassen in models.py",
    "Bitte die Unterschiede zwischen a.py und b.py ergänzen",
    "Könntest du mir sagen, wie wir die Tests beheben?",
    "Löschen die Tests im Projekt Dateien?",
    "Ersetze „a.py“ durch „b.py“ in meinem Satz",
    "Corrige mes fautes dans ce texte : le projet sont grand",
    "Mettez à jour mes connaissances : que fait le projet ?",
    "Supprime les doublons de cette liste: a.txt, b.txt",
    "Crée une liste des fonctions dans utils.py",
    "Peux-tu me dire comment corriger main.py ?",
    'Corrige esta frase: "los archivos esta rotos"',
    'Elimina el sufijo .py de esta cadena: "main.py"',
    "Cambia main.py algo en el resultado?",
    "¿Cambia el proyecto si borro main.py?",
    "Documenta en el chat qué hace el proyecto",
    "Genera una tabla de las funciones en utils.py",
)


@pytest.mark.parametrize("text", FILE_WORK_ABROAD)
def test_an_order_in_another_language_is_file_work(text: str) -> None:
    read = features(text, Router())
    assert read.kind == "files"


@pytest.mark.parametrize("text", ADVISORY_ABROAD)
def test_what_is_none_in_another_language_is_not(text: str) -> None:
    assert features(text, Router()).kind == "advisory"


@pytest.mark.parametrize("text", FILE_WORK)
def test_an_order_to_change_files_is_file_work(text: str) -> None:
    assert features(text, Router()).kind == "files"


@pytest.mark.parametrize("text", ADVISORY)
def test_a_question_or_an_order_for_text_is_not_file_work(text: str) -> None:
    assert features(text, Router()).kind == "advisory"


def test_the_table_is_large_and_says_nothing_twice() -> None:
    assert len({*FILE_WORK, *ADVISORY}) == len(FILE_WORK) + len(ADVISORY) >= 60
