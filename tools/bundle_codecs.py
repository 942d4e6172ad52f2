# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""What is inside coded pictures and sound, for check_bundle.py: names of codecs from their configuration, parameter
sets in band, B pictures. Reads H.264 (ISO/IEC 14496-10), AV1 (its specification §5) and the heads of Opus packets."""

from bundle_mp4 import Broken, u16, u32


class Bits:
    def __init__(self, data):
        self.data, self.at = data, 0

    def read(self, count):
        value = 0
        for _ in range(count):
            value = value << 1 | (self.data[self.at // 8] >> (7 - self.at % 8) & 1)
            self.at += 1
        return value

    def read_exp_golomb(self):
        zeros = 0
        while self.read(1) == 0:
            zeros += 1
        return (1 << zeros) - 1 + self.read(zeros)


def nal_units(sample):
    at = 0
    while at < len(sample):
        size = u32(sample, at)
        if size == 0 or at + 4 + size > len(sample):
            raise Broken("NAL units do not fill their sample")
        yield sample[at + 4:at + 4 + size]
        at += 4 + size


def check_avc_sample(sample, key):
    kinds = []
    for unit in nal_units(sample):
        kind = unit[0] & 31
        kinds.append(kind)
        if kind not in (1, 5):
            continue
        bits = Bits(unit[1:12].replace(b"\0\0\3", b"\0\0"))
        bits.read_exp_golomb()  # first_mb_in_slice
        if bits.read_exp_golomb() % 5 == 1:
            raise Broken("a B slice")
    pictures = [kind for kind in kinds if kind in (1, 5)]
    if not pictures or key != (set(pictures) == {5}):
        raise Broken(f"NAL units {kinds} in a {'key' if key else 'plain'} picture")
    if key and not {7, 8} <= set(kinds[:kinds.index(5)]):
        raise Broken("a key picture without parameter sets in front")


def obus(sample):
    at = 0
    while at < len(sample):
        head = sample[at]
        if head & 0x82 != 2:
            raise Broken("an OBU without size")
        at += 2 if head & 4 else 1
        size = shift = 0
        while True:
            byte = sample[at]
            at, size, shift = at + 1, size | (byte & 127) << shift, shift + 7
            if byte < 128:
                break
        if at + size > len(sample):
            raise Broken("OBUs do not fill their sample")
        yield head >> 3 & 15, sample[at:at + size]
        at += size


def check_av1_sample(sample, key):
    kinds = [kind for kind, _ in obus(sample)]
    if {2, 8, 15} & set(kinds):
        raise Broken("a temporal delimiter, tile list or padding in a sample")
    if not {3, 6} & set(kinds):
        raise Broken("a sample without a frame")
    if key != (1 in kinds) or (key and kinds[0] != 1):
        raise Broken(f"OBUs {kinds} in a {'key' if key else 'plain'} picture")
    if key:
        frame = next(data for kind, data in obus(sample) if kind in (3, 6))
        if frame[0] >> 7 or frame[0] >> 5 & 3:  # show_existing_frame, frame_type
            raise Broken("a key picture that does not begin with a key frame")


CHECKS = {"avc1": check_avc_sample, "av01": check_av1_sample}


def count_opus_samples(packet):
    """Samples of 48 kHz in a packet (RFC 6716 §3.1)."""
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        length = (480, 960, 1920, 2880)[config % 4]
    elif config < 16:
        length = (480, 960)[config % 2]
    else:
        length = 120 << config % 4
    return length * (packet[1] & 63 if code == 3 else (1, 2, 2)[code])


def name_codec(track):
    """RFC 6381."""
    config = track.config
    if track.entry == "avc1":
        return "avc1." + config[1:4].hex().upper()
    if track.entry == "av01":
        depth = 8 + (config[2] >> 6 & 1) * 2 + (config[2] >> 5 & 1) * 2
        return f"av01.{config[1] >> 5}.{config[1] & 31:02}{'MH'[config[2] >> 7]}.{depth:02}"
    return {"mp4a": f"mp4a.40.{config[0] >> 3}", "Opus": "opus"}[track.entry]


def check_sound_config(track):
    config = track.config
    if track.entry == "Opus":
        if config[0] != 0 or config[10] != 0 or u32(config, 4) != 48000:
            raise Broken("dOps is not of one stream at 48 kHz")
        if u16(config, 2) != 0:
            raise Broken(f"{u16(config, 2)} samples of sound would have to be skipped")
        channels = config[1]
    else:
        bits = Bits(config)
        if bits.read(5) != 2 or bits.read(4) != 3:
            raise Broken("not AAC-LC at 48 kHz")
        channels = bits.read(4)
    if channels != track.channels:
        raise Broken(f"{channels} channels are configured, {track.channels} said")


def check_samples(track, data):
    for sample in track.samples:
        content = data[sample.offset:sample.offset + sample.size]
        if track.entry in CHECKS:
            CHECKS[track.entry](content, sample.key)
        elif track.entry == "Opus" and count_opus_samples(content) != sample.duration:
            raise Broken(f"a packet of {count_opus_samples(content)} samples is said to have {sample.duration}")
        elif track.entry == "mp4a" and sample.duration != 1024:
            raise Broken(f"an AAC frame of {sample.duration} samples")
