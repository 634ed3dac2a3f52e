"""Orders to change files in German, French and Spanish.

Less is understood than in English: a verb of the table where an order has it, and a
path or the project's files in the same clause. Whatever is in doubt is no file work,
since `--files` says it for sure.
"""

import re
from dataclasses import dataclass

from mux_tui.core.routing.pathlike import PATH


@dataclass(frozen=True)
class _Language:
    """The words of one language; regular expressions, read without regard to case."""

    polite: str
    """What may stand before the verb."""

    asks: str
    """What stands before it where the order is put as a question."""

    edits: str
    """What is done to something that is there."""

    makes: str
    """What brings something about; a path must say where it goes."""

    last: str
    """Verbs at the end of a sentence that begins politely."""

    things: str
    """The project's files, where no path is named."""

    texts: str
    """What somebody wants to read, and not to have in a file."""

    place: str
    """What stands before the path of something new."""

    into: str
    """What stands before the path of a text: not what may only say what it is about."""

    side: str
    """Where a clause begins that only says what the new thing does."""

    restraint: str
    """That nothing is to be changed."""

    told: str
    """Words after which it is told, and not ordered, what is done."""


_LANGUAGES = (
    _Language(
        polite=r"bitte|dann|und|nun|jetzt|zuerst|mal",
        asks=r"(?:kannst|könntest|würdest)\s+du|(?:können|könnten|würden)\s+sie",
        edits=r"behebe?|korrigiere?|repariere?|ändere?|bearbeite|füge|ergänze?|entferne?"
        r"|lösche?|benenne?|ersetze?|aktualisiere?|verschiebe?|refaktoriere?"
        r"|refaktorisiere?|vereinfache?|dokumentiere?|formatiere?|überarbeite",
        makes=r"erstelle?|erzeuge?|schreibe?|implementiere?|generiere?|lege|speichere?"
        r"|baue?|mache?",
        last=r"beheben|korrigieren|reparieren|ändern|bearbeiten|hinzufügen|einfügen"
        r"|ergänzen|entfernen|löschen|umbenennen|ersetzen|aktualisieren|verschieben"
        r"|refaktorieren|refaktorisieren|vereinfachen|dokumentieren|überarbeiten"
        r"|erstellen|anlegen|implementieren|speichern",
        things=r"\b(?:die|alle|den)\s+(?:\w+\s+)?(?:tests?|dateien?)\b"
        r"|\b(?:im|das|dem|ganzen?)\s+(?:\w+\s+)?(?:projekt|repository)\b",
        texts=r"liste|übersicht|zusammenfassung|erklärung|beschreibung|beispiel|tabelle"
        r"|vorschlag|vorschläge|vergleich|plan|analyse|bewertung|diagramm|gedicht",
        place=r"in|nach|unter|als|datei|namens|ordner|verzeichnis",
        into=r"nach|als|namens",
        side=r",",
        restraint=r"\bohne\b.{0,80}\bzu\s+(?:ver)?ändern|\b(?:ver)?änd(?:ere|ern)\s+(?:nichts"
        r"|keine)|\bnichts\s+(?:ver)?ändern|\bkeine\s+dateien?\b|\bim\s+chat\b"
        r"|\bnur\s+(?:hier|erklären|als\s+text)\b",
        told=r"wie|warum|weshalb|ob|was|welche\w*|unterschiede?",
    ),
    _Language(
        polite=r"s['’]il\s+(?:te|vous)\s+pla[iî]t|stp|svp|merci\s+de|puis|et|ensuite"
        r"|d['’]abord|il\s+faut",
        asks=r"(?:peux|pourrais)-tu|(?:pouvez|pourriez)-vous|tu\s+peux|vous\s+pouvez",
        edits=r"corrige[rz]?|répare[rz]?|modifie[rz]?|ajoute[rz]?|supprime[rz]?"
        r"|enlève|enlever|renomme[rz]?|remplace[rz]?|déplace[rz]?|refactorise[rz]?"
        r"|met(?:s|tez|tre)\s+à\s+jour|simplifie[rz]?|documente[rz]?|convert(?:is|ir)",
        makes=r"crée[rz]?|écri(?:s|vez|re)|génère|génére[rz]|implémente[rz]?"
        r"|enregistre[rz]?|sauvegarde[rz]?",
        last="",
        things=r"\b(?:les|tous\s+les)\s+(?:tests?|fichiers?)\b"
        r"|\b(?:le|ce|du)\s+(?:projet|dépôt)\b",
        texts=r"liste|résumé|explication|description|exemple|tableau|comparaison|plan"
        r"|analyse|schéma|diagramme|poème|synthèse|aperçu",
        place=r"dans|en|sous|vers|fichier|dossier|nommée?|appelée?",
        into=r"vers|sous|nommée?|appelée?",
        side=r",|\s(?:qui|que|dont|pour)\s",
        restraint=r"\bne\s+(?:\w+\s+)?(?:modifi|chang|touch)\w*\s+(?:rien|pas|aucun)"
        r"|\bsans\s+(?:rien\s+)?(?:modifier|changer|toucher)|\bdans\s+le\s+chat\b",
        told=r"comment|pourquoi|si|ce\s+que",
    ),
    _Language(
        polite=r"por\s+favor|luego|después|ahora|primero|y|hay\s+que",
        asks=r"puedes|podrías|puede|podría",
        edits=r"corrige|corrija|corregir|arregl(?:a|e|ar)|modific(?:a|ar)|modifique"
        r"|cambi(?:a|e|ar)|añad(?:e|a|ir)|agreg(?:a|ar)|agregue|elimin(?:a|e|ar)"
        r"|borr(?:a|e|ar)|quit(?:a|ar)|renombr(?:a|e|ar)|reemplaz(?:a|ar)|mueve|mover"
        r"|sustituye|sustituir|actualiz(?:a|ar)|refactoriz(?:a|ar)|simplific(?:a|ar)"
        r"|document(?:a|ar)|conviert(?:e|a)|convertir",
        makes=r"cre(?:a|ar)|escrib(?:e|a|ir)|gener(?:a|e|ar)|implement(?:a|e|ar)"
        r"|guard(?:a|e|ar)",
        last="",
        things=r"\b(?:las|los|todos\s+los|todas\s+las)\s+(?:tests?|pruebas|archivos"
        r"|ficheros)\b|\b(?:el|este|del)\s+(?:proyecto|repositorio)\b",
        texts=r"lista|resumen|explicación|descripción|ejemplo|tabla|comparación|plan"
        r"|análisis|esquema|diagrama|poema|síntesis",
        place=r"en|a|como|bajo|archivo|fichero|carpeta|llamad[oa]",
        into=r"como|bajo|llamad[oa]",
        side=r",|\s(?:que|para)\s",
        restraint=r"\bno\s+(?:cambi|modifi|toqu|edit)\w*|\bsin\s+(?:cambiar|modificar"
        r"|tocar|editar)|\ben\s+el\s+chat\b",
        told=r"cómo|por\s+qué|si|lo\s+que",
    ),
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+|;\s+")
_QUOTED = re.compile(r"\s?:\s.*|\"[^\"]*\"|[“„«][^„”“«»]*[”“»]", re.DOTALL)
"""What is talked about: after a colon, or in quotes."""

_ARTICLES = (
    r"(?:(?:die|der|das|den|dem|eine?n?|neue?n?|datei|la|le|les|une?|el|los|las|una?"
    r"|nuev[oa]|nouve(?:au|lle)|fichier|archivo|fichero)\s+)*"
)


def foreign_order(prose: str) -> str:
    """The clause in another language that orders a change of files; empty: none."""
    for language in _READ:
        if language.restraint.search(prose):
            return ""
        for sentence in _SENTENCES.split(prose):
            said = _QUOTED.sub(" ", sentence).strip(" ¿¡\t")
            if _orders(language, said, asked=sentence.rstrip().endswith("?")):
                return sentence.strip()

    return ""


class _Reader:
    """One language's words, made ready."""

    def __init__(self, words: _Language) -> None:
        """Make the expressions."""
        # Possessive: each word of courtesy is read once, however many there are.
        politely = rf"(?:(?:{words.polite}|{words.asks})[\s,]+)"
        self.edit = _pattern(rf"{politely}*+(?:{words.edits})\s+(?P<rest>.+)")
        self.make = _pattern(rf"{politely}*+(?:{words.makes})\s+(?P<rest>.+)")
        last = words.last or r"(?!)"
        self.last = _pattern(rf"{politely}++(?P<rest>.+)\s(?:{last})\s*[.!?]?$")
        self.asks = _pattern(rf"(?:(?:{words.polite})[\s,]+)*+(?:{words.asks})\b")
        self.things = _pattern(words.things)
        self.texts = _pattern(rf"(?:[^\W\d]+\s+){{0,3}}?(?:{words.texts})\b")
        self.place = _pattern(rf"\b(?:{words.place})\s+{_ARTICLES}")
        self.into = _pattern(rf"\b(?:{words.into})\s+{_ARTICLES}")
        self.side = _pattern(words.side)
        self.restraint = _pattern(words.restraint)
        self.told = _pattern(rf"\b(?:{words.told})\b")


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.DOTALL)


_READ = tuple(_Reader(words) for words in _LANGUAGES)
_OBJECT = _pattern(_ARTICLES)


def _orders(language: _Reader, sentence: str, *, asked: bool) -> bool:
    if asked and not language.asks.match(sentence):
        return False
    if found := language.edit.match(sentence):
        return _is_of_files(language, found["rest"])
    if found := language.last.match(sentence):
        rest = found["rest"]
        return not language.told.search(rest) and _is_of_files(language, rest)
    if found := language.make.match(sentence):
        return _is_placed(language, language.side.split(found["rest"])[0])

    return False


def _is_of_files(language: _Reader, rest: str) -> bool:
    return bool(PATH.search(rest) or language.things.search(rest))


def _is_placed(language: _Reader, head: str) -> bool:
    """Whether it is said in which file something new is to be."""
    if language.texts.match(head):
        starts = [*language.into.finditer(head)]
    else:
        starts = [_OBJECT.match(head), *language.place.finditer(head)]
    return any(start and PATH.match(head, start.end()) for start in starts)
