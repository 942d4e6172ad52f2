# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""The texts of a bundle as check_bundle.py reads them: playlists of HLS (RFC 8216), WebVTT, and the heads of WebP
files. Refuses with Broken what is not as ours are."""

import re
from dataclasses import dataclass, field

from bundle_mp4 import Broken

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)(?:,|$)')
TIMING = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})")


@dataclass
class Playlist:
    tags: list = field(default_factory=list)  # (name, value) of what says something of the whole
    segments: list = field(default_factory=list)  # (uri, duration in microseconds, bytes, offset)
    variants: list = field(default_factory=list)  # attributes, with URI


def attributes(text):
    at, found = 0, {}
    while at < len(text):
        match = ATTRIBUTE.match(text, at)
        if match is None:
            raise Broken(f"attributes {text!r}")
        found[match[1]], at = match[2].strip('"'), match.end()
    return found


def read_playlist(text):
    lines = text.split("\n")
    if lines[0] != "#EXTM3U" or lines[-1] != "":
        raise Broken("no #EXTM3U, or no line feed at the end")
    playlist, pending = Playlist(), {}
    for line in lines[1:-1]:
        name, _, value = line.partition(":")
        if name in ("#EXTINF", "#EXT-X-BYTERANGE", "#EXT-X-STREAM-INF"):
            pending[name] = value
        elif line.startswith("#"):
            playlist.tags.append((name, value))
        else:
            take_uri(playlist, line, pending)
            pending = {}
    if pending:
        raise Broken(f"{pending} without a URI")
    return playlist


def take_uri(playlist, uri, pending):
    if uri.startswith("/") or ".." in uri or ":" in uri:
        raise Broken(f"{uri} is not beside its playlist")
    if "#EXT-X-STREAM-INF" in pending:
        playlist.variants.append({**attributes(pending["#EXT-X-STREAM-INF"]), "URI": uri})
        return
    match = re.fullmatch(r"(\d+)\.(\d{6}),", pending.get("#EXTINF", ""))
    if match is None:
        raise Broken(f"EXTINF {pending.get('#EXTINF')}")
    size, _, offset = pending.get("#EXT-X-BYTERANGE", "@").partition("@")
    playlist.segments.append((uri, int(match[1]) * 1000000 + int(match[2]), int(size or -1), int(offset or -1)))


def read_vtt(text):
    """(start_ms, end_ms, lines of payload) of each cue."""
    blocks = text.removesuffix("\n").split("\n\n")
    if not re.fullmatch(r"WEBVTT([ \t].*)?(\n.*)*", blocks[0]):
        raise Broken("no WEBVTT at the beginning")
    cues = []
    for block in blocks[1:]:
        lines = block.strip("\n").split("\n")
        if lines[0].startswith(("NOTE", "STYLE", "REGION")):
            continue
        if "-->" not in lines[0]:
            lines = lines[1:]
        match = TIMING.match(lines[0]) if lines else None
        if match is None:
            raise Broken(f"a cue without times: {block!r}")
        numbers = [int(n) for n in match.groups()]
        start, end = (((h * 60 + m) * 60 + s) * 1000 + f for h, m, s, f in (numbers[:4], numbers[4:]))
        if end <= start:
            raise Broken(f"a cue that does not last: {lines[0]}")
        cues.append((start, end, lines[1:]))
    return cues


def measure_webp(data):
    """Width and height of a WebP picture (its container specification)."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or int.from_bytes(data[4:8], "little") + 8 != len(data):
        raise Broken("not a whole WebP file")
    kind, body = data[12:16], data[20:]
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(body[6:8], "little") & 0x3fff, int.from_bytes(body[8:10], "little") & 0x3fff
    raise Broken(f"WebP of kind {kind!r}")
