"""``python -m tools.mutants promises|doors [WORD]``: takes protections out one at a time; 1 when nobody noticed one.

Of the doors, those that door_notices.txt does not know: with ``--anew`` each, with ``--from N`` none before that one.
"""

import argparse
import sys

from tools.mutants import door_notices
from tools.mutants.changed_copy import copy, is_noticed
from tools.mutants.promises import PROMISES


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants")
    parser.add_argument("which", nargs="?", choices=("promises", "doors"), default="promises")
    parser.add_argument("word", nargs="?", default="", help="those that bear it alone")
    parser.add_argument("--anew", action="store_true", help="doors: those whose keeper is known, too")
    parser.add_argument("--from", dest="first", type=int, default=1, help="doors: begin with this one")
    asked = parser.parse_args(arguments)
    if asked.which == "doors":
        return min(door_notices.look(asked.word, asked.first, anew=asked.anew), 1)
    return promises(asked.word)


def promises(word: str) -> int:
    chosen = [each for each in PROMISES if word in each.promise]
    unnoticed = 0
    with copy() as tree:
        for mutant in chosen:
            try:
                noticed = is_noticed(mutant, tree)
            except (ValueError, RuntimeError) as error:
                print(f"NOT TRIED  {mutant.promise}: {error}", flush=True)
                unnoticed += 1
                continue
            unnoticed += not noticed
            print(f"{'noticed   ' if noticed else 'UNNOTICED '} {mutant.promise}", flush=True)
    print(f"{len(chosen)} protections taken out, {unnoticed} unnoticed")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
