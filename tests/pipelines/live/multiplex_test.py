# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""The generated Thai multiplex in a loop, as the daemon wires its children: one intake child, a pipe a service, live
children behind them. MPEG-2 576i with MP2 and teletext; H.264 with AAC in ADTS and in LATM and DVB subtitles that are
drawn into a rung. Prints TAP. Arguments: the daorian-media executable, thai-coded."""

import fcntl
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

for folder in ("support", "pipelines/intake"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / folder))
import tap  # noqa: E402
from child_test import WAIT_S, Child  # noqa: E402

LOOP_S = 8
SEGMENTS = 3  # of three seconds: over the seam of the loop
PIPE_BYTES = 1 << 20
LIVE = {"type": "live", "rungs": ["voice", "small"], "first_number": 1, "first_time": 0, "first_init": 1,
        "segment_ms": 3000, "behind_ms": 3600000, "text_default": "tis-620", "language": "tha", "burn_language": "tha",
        "burn_rung": "", "extras": ["voices", "captions"]}


class Channel:
    """One service behind a pipe."""

    def __init__(self, stack, intake, service, folder):
        self.staging = folder / str(service)
        self.staging.mkdir()
        reader, writer = os.pipe()
        with suppress(OSError):  # as large as the system allows, else as it is
            fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.child = stack.enter_context(Child(intake.media, "live", reader))
        self.child.send({**LIVE, "staging": str(self.staging)})
        intake.child.send({"type": "feed", "feed": service, "service_id": service}, writer)
        os.close(writer)

    def end(self):
        self.child.wait(lambda _: len(self.child.of("live-segment")) >= SEGMENTS, f"{SEGMENTS} segments")
        self.child.send({"type": "cancel"})
        self.child.wait_for("done")
        self.segments, self.health = self.child.of("live-segment"), self.child.of("live-health")[-1]

    def read(self, name):
        """Init and segments of a part, one after another, until another init file comes."""
        parts = [part for segment in self.segments for part in segment["parts"] if part["rung"] == name]
        inits = {line["init"]: line["file"] for line in self.child.of("live-init")}
        first = [part["file"] for part in parts if part["init"] == parts[0]["init"]]
        head = [inits[parts[0]["init"]]] if parts[0]["init"] in inits else []
        return b"".join((self.staging / file).read_bytes() for file in head + first)

    def check_numbers(self):
        for before, after in zip(self.segments, self.segments[1:]):
            assert after["number"] == before["number"] + 1 and after["time"] == before["time"] + before["duration"], after
        assert all({"voice", "small"} <= {part["rung"] for part in segment["parts"]} for segment in self.segments)


class Intake:
    def __init__(self, stack, media, stream):
        self.media, self.child = media, stack.enter_context(Child(media))
        self.child.job(f"file:{stream}", guide=False)


def probe(data):
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", "-"],
                          input=data, capture_output=True, timeout=WAIT_S)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return sorted(done.stdout.decode().split())


def read_reds(data):
    """Cr where the bar stands, of each picture."""
    crop = "crop=iw*0.1:ih*0.04:iw*0.45:ih*0.855,scale=1:1:flags=area"
    done = subprocess.run(["ffmpeg", "-v", "error", "-xerror", "-i", "-", "-vf", crop, "-an", "-pix_fmt", "yuv444p", "-f", "rawvideo",
                           "-"], input=data, capture_output=True, timeout=WAIT_S)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return list(done.stdout[2::3])


def test_two_services(bench):
    media, stream, folder = bench
    with ExitStack() as stack:
        intake = Intake(stack, media, stream)
        first, second = (Channel(stack, intake, service, folder) for service in (101, 102))
        first.end()
        second.end()
        assert (first.health["picture_codec"], first.health["sound_codec"]) == ("mpeg2video", "mp2"), first.health
        assert (second.health["picture_codec"], second.health["sound_codec"]) == ("h264", "aac"), second.health
        assert (first.health["width"], first.health["height"]) == (1024, 576), first.health
        for channel in (first, second):
            channel.check_numbers()
            assert probe(channel.read("small")) == ["aac", "h264,480,270"], probe(channel.read("small"))
            assert probe(channel.read("voice")) == ["aac"]
            # The intake never waits for a reader: on a machine that stands still packets are lost, and counted.
            if channel.health["cc_errors"]:
                intake.child.wait(lambda line: line["type"] == "health" and line["dropped_packets"] > 0, f"what was lost of {channel.health}")
        assert probe(second.read("voice-eng")) == ["aac"]  # it came as LATM
        text = first.read("captions-tha").decode()
        assert text.startswith("WEBVTT") and "second 2" in text, text
        plain, burnt = read_reds(first.read("small")), read_reds(second.read("small"))
        assert len(plain) > 50 and max(plain) < 160, max(plain)
        shown = [red > 190 for red in burnt]
        assert len(burnt) > 50 and 0.2 < sum(shown) / len(shown) < 0.8, (len(burnt), sum(shown))


def main():
    media, thai_coded = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as name:
        stream = Path(name) / "thai.ts"
        subprocess.run([thai_coded, "--full", str(LOOP_S), str(stream)], check=True, timeout=WAIT_S)
        return tap.run(tap.find(globals()), (media, stream, Path(name)))


if __name__ == "__main__":
    sys.exit(main())
