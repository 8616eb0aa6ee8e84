"""The catalogs are whole, agree with the source and with their compiled halves."""

import re
import subprocess
import sys
from pathlib import Path

from almoner.giving.templating import template, translations

ROOT = Path(__file__).resolve().parents[4]


def test_every_catalog_is_whole_and_compiled() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "script" / "messages", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "Every catalog is whole.\n")


def test_arabic_has_its_six_plurals() -> None:
    say = translations("ar").ngettext
    counted = [say("%(num)s gift so far", "%(num)s gifts so far", count) for count in (0, 1, 2, 3, 11, 100)]
    assert len(set(counted)) == 6


def test_a_language_without_a_catalog_reads_english() -> None:
    assert translations("fi").gettext("Your Details") == "Your Details"
    assert translations("ar-EG").gettext("Your Details") == "بياناتك"


def test_words_are_fixed_into_the_templates_of_a_language() -> None:
    source = "".join(
        template("_parts", "ar").environment.compile('{{ _("Back") }}|{{ _("Back") | upper }}', raw=True)
    )
    assert "رجوع" in source
    assert not re.search(r"gettext|'_'", source)
