# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""Spoken descriptions of a programme from end to end: a service whose second sound is Thai, too, and tells what is seen
(audio_type 3) → live channel → booking → a lesson that says so wherever somebody chooses a sound. Prints TAP.
Arguments: as of record_test.py."""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import record_sounds_test  # noqa: E402
import tap  # noqa: E402

NAME = "voice-tha-ad"


class Bench(record_sounds_test.Bench):
    FORM = ["--described"]


def renditions(text):
    """Attributes of each sound that a multivariant playlist names."""
    lines = re.findall(r"^#EXT-X-MEDIA:(TYPE=AUDIO,.*)$", text, re.M)
    return [{name: value.strip('"') for name, value in re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', line)} for line in lines]


def check_playlist(text):
    """The programme's own sound comes first; the other one says what it is for, and may be chosen by a player that is set so."""
    own, described = renditions(text)
    assert (own["LANGUAGE"], own["DEFAULT"], own.get("CHARACTERISTICS")) == ("th", "YES", None), own
    wanted = {"LANGUAGE": "th", "DEFAULT": "NO", "AUTOSELECT": "YES", "URI": NAME + ".m3u8",
              "CHARACTERISTICS": "public.accessibility.describes-video"}
    assert {name: described.get(name) for name in wanted} == wanted and described["NAME"] != own["NAME"], (own, described)


def test_channel_says_so(bench):
    assert bench.sounds == [NAME], bench.sounds
    track = next(track for track in bench.ask("GET", f"/channels/{bench.id}")["tracks"] if track["name"] == NAME)
    assert (track["language"], track["purpose"]) == ("tha", "described"), track
    check_playlist(bench.daemon.request("GET", "/channels/dao-1/index.m3u8").body.decode())


def test_lesson_says_so(bench):
    (sound,) = bench.lesson["sounds"]
    assert (sound["name"], sound["language"], sound["purpose"]) == (NAME, "th", "described"), sound
    (told,) = json.loads((bench.folder / "lesson.json").read_text())["sounds"]
    assert (told["name"], told["language"], told["purpose"]) == (NAME, "th", "described"), told
    assert Path(sound["file_url"]).name.startswith(NAME + "."), sound
    check_playlist((bench.folder / "index.m3u8").read_text())
    for language, words in (("en", "Audio description"), ("th", "เสียงบรรยายภาพ")):
        page = bench.daemon.request("GET", f"/lite/{bench.lesson['id']}?lang={language}").body.decode()
        link = next(line for line in re.findall(r"<a [^>]*>.*?</a>", page, re.S) if sound["file_url"] in line)
        assert words in link, link


def test_ends_in_good_order(bench):
    bench.daemon.end()


TESTS = [record_sounds_test.test_channel, test_channel_says_so, record_sounds_test.test_lesson_has_them, test_lesson_says_so,
         record_sounds_test.test_files_are_heard, test_ends_in_good_order]


def main():
    bench = Bench(*sys.argv[1:7])
    try:
        return tap.run(TESTS, bench, log=lambda: bench.daemon.errors)
    finally:
        bench.daemon.clean()


if __name__ == "__main__":
    sys.exit(main())
