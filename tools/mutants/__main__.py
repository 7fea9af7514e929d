"""``python -m tools.mutants promises [WORD]|doors``: takes protections out one at a time; 1 when nobody noticed one."""

import subprocess
import sys

from tools.mutants.changed_copy import ROOT, copy, is_noticed
from tools.mutants.promises import PROMISES

CRAWL = [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--tb=line"]


def main(arguments: list[str]) -> int:
    which, word = (arguments + ["promises", ""])[0], (arguments[1:] + [""])[0]
    if which == "doors":
        return subprocess.run([*CRAWL, "tests/tools/door_crawl.py"], cwd=ROOT, check=False).returncode
    return promises(word)


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
