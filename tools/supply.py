"""What the product is made of: known vulnerabilities, licences, and a CycloneDX list (SBOM) of every package.

``python -m tools.supply`` is part of ``make check``. Where the list of vulnerabilities cannot be asked, it says so and
fails: pip-audit itself calls what it could not look up "no known vulnerabilities". ``OFFLINE=1`` leaves the question
out, aloud.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUNTIME, ALL = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
SBOM = ROOT / "var" / "sbom.cdx.json"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(?:;\s*(.*?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# What may be handed on with a product that is sold. Others are looked at by a person first, and named in LOOKED_AT.
FREE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|Unlicense|CC0|HPND|LGPL|MPL|Mozilla|Zope|Public Domain",
    re.IGNORECASE,
)
LOOKED_AT: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Locked:
    """A package as the lock pins it."""

    name: str
    version: str
    hashes: tuple[str, ...]

    @property
    def licence(self) -> str:
        """What the package itself says; "" where it is not installed here, or says nothing."""
        try:
            told: Any = metadata.metadata(self.name)
        except metadata.PackageNotFoundError:
            return ""
        if expression := told.get("License-Expression"):
            return str(expression)
        classified = [
            each.rpartition(" :: ")[2] for each in told.get_all("Classifier") or () if each.startswith("License")
        ]
        named = [each for each in classified if each != "OSI Approved"]
        return ", ".join(named) or (str(told.get("License") or "").strip().splitlines() or [""])[0][:60]


def locked(path: Path) -> Iterator[Locked]:
    """Read a lock file: name, version and hashes of each package."""
    found: re.Match[str] | None = None
    hashes: list[str] = []
    for line in [*path.read_text().splitlines(), "end==0"]:
        if (fresh := PINNED.match(line.strip())) and not line.startswith(" "):
            if found:
                yield Locked(found[1].lower(), found[2], tuple(hashes))
            found, hashes = fresh, []
        hashes += HASH.findall(line)


# -- Vulnerabilities ---------------------------------------------------------------------------------------------------
def audit(answer: str, packages: Sequence[Locked]) -> list[str]:
    """Return what is wrong by pip-audit's answer: what is vulnerable, and what nobody could look up."""
    try:
        told = {each["name"].lower(): each for each in json.loads(answer)["dependencies"]}
    except (ValueError, KeyError, TypeError):
        return ["NOT AUDITED: pip-audit gave no answer. The list of vulnerabilities can't be reached from here."]
    wrong = [
        f"{name} {each.get('version')}: {flaw['id']}, mended in {', '.join(flaw.get('fix_versions') or ['no version'])}"
        for name, each in told.items()
        for flaw in each.get("vulns") or ()
    ]
    unknown = [each.name for each in packages if "vulns" not in told.get(each.name, {})]
    if unknown:
        said = f"NOT AUDITED: nobody could look up {len(unknown)} of {len(packages)} packages ({', '.join(unknown[:4])}"
        wrong.append(f"{said}{' …' if len(unknown) > 4 else ''}). This is no all-clear.")
    return wrong


def ask_pip_audit() -> str:
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(ALL), "--disable-pip", "--require-hashes"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "15"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


# -- Licences and the list ---------------------------------------------------------------------------------------------
def unclear(packages: Sequence[Locked]) -> list[str]:
    """Return the packages whose licence nobody looked at."""
    return [
        f"{each.name}: its licence is “{each.licence or 'not said'}”. Look whether we may hand it on."
        for each in packages
        if is_installed(each) and not FREE.search(each.licence) and each.name not in LOOKED_AT
    ]


def is_installed(package: Locked) -> bool:
    try:
        metadata.version(package.name)
    except metadata.PackageNotFoundError:
        return False
    return True


def sbom(packages: Sequence[Locked]) -> dict[str, Any]:
    """Return the list as CycloneDX 1.6 has it."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "integration-manager"}},
        "components": [
            {
                "type": "library",
                "bom-ref": purl(each),
                "name": each.name,
                "version": each.version,
                "purl": purl(each),
                # A wheel for each platform is the same component: the lock allows any of these files.
                "properties": [{"name": "integration-manager:sha256", "value": value} for value in each.hashes],
                "licenses": [{"license": {"name": each.licence or "not said"}}],
            }
            for each in packages
        ],
    }


def purl(package: Locked) -> str:
    return f"pkg:pypi/{package.name}@{package.version}"


def main() -> int:
    runtime, everything = list(locked(RUNTIME)), list(locked(ALL))
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(sbom(runtime), indent=1) + "\n")
    print(f"{len(runtime)} packages with their licences are in {SBOM.relative_to(ROOT)}")
    wrong = unclear(runtime)
    if os.environ.get("OFFLINE") == "1":
        print(f"NOT AUDITED, as OFFLINE=1 wants it: nobody asked whether {len(everything)} packages are vulnerable.")
    else:
        wrong += audit(ask_pip_audit(), everything)
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong and os.environ.get("OFFLINE") != "1":
        print(f"{len(everything)} packages: no known vulnerability.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
