# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Reads a rung's fragmented MP4 (ISO/IEC 14496-12) for check_bundle.py, apart from the code that writes it:
what a player would find, sample by sample. Refuses with Broken whatever is not laid out as ours are."""

import struct
from dataclasses import dataclass, field

KEY, NOT_KEY = 0x02000000, 0x01010000
CONTAINERS = {"moov", "trak", "mdia", "minf", "stbl", "mvex", "moof", "traf", "dinf"}


class Broken(Exception):
    pass


def u16(data, at):
    return struct.unpack_from(">H", data, at)[0]


def u32(data, at):
    return struct.unpack_from(">I", data, at)[0]


def u64(data, at):
    return struct.unpack_from(">Q", data, at)[0]


@dataclass
class Box:
    kind: str
    start: int  # of the whole box
    body: int  # of what is in it
    end: int


@dataclass
class Sample:
    start: int
    duration: int
    offset: int
    size: int
    key: bool


@dataclass
class Track:
    number: int
    handler: str = ""
    timescale: int = 0
    entry: str = ""  # four characters of the sample entry
    config: bytes = b""  # avcC, av1C, dOps, or the AudioSpecificConfig
    width: int = 0
    height: int = 0
    channels: int = 0
    rate: int = 0
    samples: list = field(default_factory=list)


@dataclass
class Fragment:
    start: int
    end: int
    sequence: int
    parts: dict = field(default_factory=dict)  # track number: samples in it


@dataclass
class Rung:
    tracks: list
    fragments: list
    init_bytes: int
    references: list  # of the sidx: (bytes, duration)
    timescale: int  # of the sidx
    data: bytes


def boxes(data, start, end):
    while start < end:
        if end - start < 8:
            raise Broken(f"{end - start} bytes at {start} are no box")
        size, kind = u32(data, start), data[start + 4:start + 8].decode("latin-1")
        if size < 8 or start + size > end:
            raise Broken(f"box {kind!r} at {start} has {size} bytes of {end - start}")
        yield Box(kind, start, start + 8, start + size)
        start += size


def walk(data, start, end):
    """Every box, depth first."""
    for box in boxes(data, start, end):
        yield box
        if box.kind in CONTAINERS:
            yield from walk(data, box.body, box.end)


def read_descriptor(data, at, wanted):
    """Body and end of an MPEG-4 descriptor with a one-byte length (ISO/IEC 14496-1 §8.3.3)."""
    if data[at] != wanted or data[at + 1] & 0x80:
        raise Broken(f"descriptor {data[at]:#x} in place of {wanted:#x}")
    return at + 2, at + 2 + data[at + 1]


def read_esds(data, box):
    body, _ = read_descriptor(data, box.body + 4, 3)
    body, _ = read_descriptor(data, body + 3, 4)
    body, end = read_descriptor(data, body + 13, 5)
    return data[body:end]


def read_entry(data, box, track):
    """The sample description (§8.5.2)."""
    if u32(data, box.body + 4) != 1:
        raise Broken("more than one sample entry")
    entry = next(boxes(data, box.body + 8, box.end))
    track.entry = entry.kind
    if track.handler == "vide":
        track.width, track.height = u16(data, entry.body + 24), u16(data, entry.body + 26)
        head = 78
    else:
        track.channels, track.rate = u16(data, entry.body + 16), u32(data, entry.body + 24) >> 16
        head = 28
    for inner in boxes(data, entry.body + head, entry.end):
        if inner.kind in ("avcC", "av1C", "dOps"):
            track.config = data[inner.body:inner.end]
        elif inner.kind == "esds":
            track.config = read_esds(data, inner)


def read_moov(data, moov):
    tracks = []
    for box in walk(data, moov.body, moov.end):
        if box.kind in ("edts", "elst"):
            raise Broken("there is an edit list")
        if box.kind == "tkhd":
            tracks.append(Track(u32(data, box.body + 12)))
        elif box.kind == "mdhd":
            tracks[-1].timescale = u32(data, box.body + 12)
        elif box.kind == "hdlr":
            tracks[-1].handler = data[box.body + 8:box.body + 12].decode("latin-1")
        elif box.kind == "stsd":
            read_entry(data, box, tracks[-1])
    return tracks


def read_trun(data, box, default, start, base):
    """Samples of one run (§8.8.8)."""
    flags, count, at = u32(data, box.body) & 0xffffff, u32(data, box.body + 4), box.body + 12
    if flags & 0x800:
        raise Broken("samples are shown in another order than they are decoded")
    if not flags & 1 or not flags & 0x200:
        raise Broken("a run without offset or sizes")
    offset, first = base + u32(data, box.body + 8), None
    if flags & 4:
        first, at = u32(data, at), at + 4
    samples = []
    for i in range(count):
        duration, sample_flags = default["duration"], default["flags"]
        if flags & 0x100:
            duration, at = u32(data, at), at + 4
        size, at = u32(data, at), at + 4
        if flags & 0x400:
            sample_flags, at = u32(data, at), at + 4
        sample_flags = first if i == 0 and first is not None else sample_flags
        if sample_flags not in (KEY, NOT_KEY):
            raise Broken(f"sample flags {sample_flags:#x}")
        samples.append(Sample(start, duration, offset, size, sample_flags == KEY))
        start, offset = start + duration, offset + size
    return samples


def read_tfhd(data, box):
    """The track's number and its defaults (§8.8.7)."""
    flags, number, at = u32(data, box.body) & 0xffffff, u32(data, box.body + 4), box.body + 8
    if not flags & 0x020000 or flags & 0x13:
        raise Broken("a fragment that is not based on its moof alone")
    default = {"duration": 0, "flags": 0}
    for bit, name in ((0x08, "duration"), (0x20, "flags")):
        if flags & bit:
            default[name], at = u32(data, at), at + 4
    return number, default


def read_traf(data, traf, moof):
    default, start, number, samples = {}, None, 0, []
    for box in boxes(data, traf.body, traf.end):
        if box.kind == "tfhd":
            number, default = read_tfhd(data, box)
        elif box.kind == "tfdt" and data[box.body] == 1:
            start = u64(data, box.body + 4)
        elif box.kind == "tfdt":
            raise Broken("tfdt of 32 bits")
        elif box.kind == "trun":
            samples += read_trun(data, box, default, start, moof.start)
    return number, samples


def read_fragment(data, moof, mdat):
    fragment = Fragment(moof.start, mdat.end, 0)
    for box in boxes(data, moof.body, moof.end):
        if box.kind == "mfhd":
            fragment.sequence = u32(data, box.body + 4)
        elif box.kind == "traf":
            number, samples = read_traf(data, box, moof)
            fragment.parts[number] = samples
    at = mdat.body
    for number in sorted(fragment.parts):
        for sample in fragment.parts[number]:
            if sample.offset != at:
                raise Broken(f"a sample of track {number} lies at {sample.offset}, not {at}")
            at += sample.size
    if at != mdat.end:
        raise Broken(f"{mdat.end - at} bytes of the mdat at {mdat.start} belong to no sample")
    return fragment


def read_sidx(data, box):
    if data[box.body] != 1 or u64(data, box.body + 20) != 0:
        raise Broken("sidx of 32 bits, or not right before the first fragment")
    count = u16(data, box.body + 30)
    at = box.body + 32
    return u32(data, box.body + 8), [(u32(data, at + 12 * i), u32(data, at + 12 * i + 4)) for i in range(count)]


def read_rung(data):
    top = list(boxes(data, 0, len(data)))
    kinds = [box.kind for box in top]
    if kinds[:3] != ["ftyp", "moov", "sidx"] or len(top) < 5:
        raise Broken(f"the file begins with {kinds[:3]}")
    if kinds[3:] != ["moof", "mdat"] * ((len(top) - 3) // 2):
        raise Broken("not one moof and one mdat after another")
    timescale, references = read_sidx(data, top[2])
    tracks = read_moov(data, top[1])
    fragments = [read_fragment(data, top[i], top[i + 1]) for i in range(3, len(top), 2)]
    for fragment in fragments:
        for number, samples in fragment.parts.items():
            next(t for t in tracks if t.number == number).samples.extend(samples)
    return Rung(tracks, fragments, top[1].end, references, timescale, data)
