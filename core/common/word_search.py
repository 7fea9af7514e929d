"""Finding rows whose texts have words that begin with what somebody typed, in any order and whatever the case.

PostgreSQL reads it off an index of words (see ``index_of``); no other index answers for words within a text. SQLite
looks within all the texts, which it does fast, and so finds the middles of words as well.
"""

from typing import Any

from django.db.models import BooleanField, Func

SIGNS = "-_./+#&(),;:|*!?@="  # what stands between words
BLANKS = " " * len(SIGNS)
MOST = 8  # words


class HasWords(Func):
    """A condition: ``Model.objects.filter(HasWords("sku", "title", text=…))``. A text without words finds all."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, *columns: Any, text: str) -> None:
        self.words = text.translate(str.maketrans(SIGNS, BLANKS)).split()[:MOST]
        super().__init__(*columns)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        columns = [compiler.compile(each)[0] for each in self.source_expressions]
        asked = " & ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "':*" for word in self.words)
        if not asked:
            return "TRUE", []
        return f"{index_of(*columns)} @@ to_tsquery('simple', %s)", [asked]

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, Any]:
        columns = [compiler.compile(each)[0] for each in self.source_expressions]
        within = " || ' ' || ".join(columns)
        parts = [f"({within}) LIKE %s ESCAPE '\\'" for _ in self.words]
        given = [f"%{connection.ops.prep_for_like_query(word)}%" for word in self.words]
        return f"({' AND '.join(parts) or '1 = 1'})", given


def index_of(*columns: str) -> str:
    """Return the expression that PostgreSQL's index is made of: a word for each part of the columns' texts."""
    together = " || ' ' || ".join(columns)
    return f"to_tsvector('simple', translate({together}, '{SIGNS}', '{BLANKS}'))"
