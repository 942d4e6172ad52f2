#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Asserts the packaging rules on published bundles: check_bundle.py FOLDER...

A FOLDER is one bundle, or holds bundles. Prints TAP, one line a bundle with what breaks a rule below it, and ends with 1
when anything does. The rules are those of ARCHITECTURE.md, "Packaging"; nothing of the code that makes bundles is used."""

import hashlib
import json
import sys
from pathlib import Path

from bundle_codecs import check_samples, check_sound_config, name_codec
from bundle_mp4 import Broken, read_rung
from bundle_texts import attributes, measure_webp, read_playlist, read_vtt

CHANNELS = {"voice": 1, "voice-opus": 1, "lite": 1, "small": 1, "medium": 1, "clear": 2, "large": 2}
FAMILIES = {"avc": ("avc1", "mp4a"), "av1": ("av01", "Opus")}
# Samples that the sound may end before the picture: it comes in blocks of 1024; Opus leaves out what is less than its
# shortest packet.
SOUND_ROOM = {"mp4a": 1024, "Opus": 1024 + 119}
SHORTEST_TAIL = 45000


def need(truth, what):
    if not truth:
        raise Broken(what)


def to_microseconds(pts90k):
    return (pts90k * 1000000 + 45000) // 90000


class Bundle:
    def __init__(self, folder):
        self.folder = folder
        self.faults = []
        self.indexes = {}  # rung: segments
        self.manifest = {}

    def attempt(self, what, check, *arguments):
        """Notes what a check refuses, and goes on."""
        try:
            return check(*arguments)
        except (Broken, OSError, ValueError, KeyError, IndexError, StopIteration) as fault:
            self.faults.append(f"{what}: {fault if isinstance(fault, Broken) else repr(fault)}")
            return None

    def read(self, name):
        path = self.folder / name
        need(not name.startswith("/") and ".." not in Path(name).parts, f"{name} leads out of the folder")
        need(path.is_file() and not path.is_symlink(), f"{name} is missing")
        return path.read_bytes()

    def read_text(self, name):
        return self.read(name).decode("utf-8")

    def check(self):
        self.manifest = self.attempt("lesson.json", self.load_manifest) or {"rungs": []}
        for rung in self.manifest["rungs"] + self.manifest.get("sounds", []):
            self.attempt(rung["name"], self.check_rung, rung)
        self.attempt("cut points", self.check_cuts)
        for family in FAMILIES:
            self.attempt(f"family {family}", self.check_family, family)
        self.attempt("slides", self.check_slides)
        self.attempt("storyboard", self.check_storyboard)
        self.attempt("captions", self.check_captions)
        self.attempt("waveform", self.check_waveform)
        self.attempt("poster", self.check_poster)
        return self.faults

    def load_manifest(self):
        manifest = json.loads(self.read_text("lesson.json"))
        need(manifest["format"] == 1, f"format {manifest['format']}")
        need(manifest["rungs"], "no rung")
        need(not manifest["complete"] or not manifest["failed"], "complete, and a rung failed")
        slides = [rung for rung in manifest["rungs"] if rung["name"] == "slides"]
        need(all(rung["family"] == "slides" and rung["file"] == "slides.vtt" for rung in slides), "the rung of slides")
        manifest["rungs"] = [rung for rung in manifest["rungs"] if rung["name"] != "slides"]  # it has no media of its own
        media = manifest["rungs"] + manifest.get("sounds", [])
        need(len({part["name"] for part in media}) == len(media), "two rungs or sounds of one name")
        for entry in manifest["files"] + [{**part, "name": part["file"]} for part in media]:
            self.attempt(entry["name"], self.check_file, entry)
        return manifest

    def check_file(self, entry):
        data = self.read(entry["name"])
        need(len(data) == entry["bytes"], f"{len(data)} bytes in place of {entry['bytes']}")
        digest = hashlib.sha256(data).hexdigest()
        need(digest == entry["sha256"], "another SHA-256")
        parts = entry["name"].split(".")
        hashed = len(parts) > 2 and len(parts[1]) == 8 and parts[1] != "iframes"
        need(not hashed or parts[-1] in ("json", "m3u8") and parts[1] != digest[:8] or parts[1] == digest[:8],
             "a name with another hash")

    # One rung

    def check_rung(self, rung):
        media = read_rung(self.read(rung["file"]))
        index = json.loads(self.read_text(rung["file"].removesuffix(".mp4") + ".index.json"))
        name = rung["name"]
        self.attempt(name, self.check_tracks, rung, media)
        self.attempt(name, self.check_times, rung, media)
        for track in media.tracks:
            self.attempt(f"{name}, track {track.number}", check_samples, track, media.data)
        self.attempt(name, self.check_index, rung, media, index)
        self.attempt(f"{name}.m3u8", self.check_playlist, rung, index)
        if rung.get("width"):
            self.attempt(f"{name}.iframes.m3u8", self.check_keys, rung, index)
        self.indexes[name] = index["segments"]

    def check_tracks(self, rung, media):
        picture = bool(rung.get("width"))
        need([t.handler for t in media.tracks] == (["vide", "soun"] if picture else ["soun"]), "the order of tracks")
        need([t.number for t in media.tracks] == list(range(1, len(media.tracks) + 1)), "the numbers of tracks")
        sound = media.tracks[-1]
        need(sound.timescale == 48000 and sound.rate == 48000, f"sound of {sound.timescale}, {sound.rate} Hz")
        need(sound.channels == CHANNELS["voice" if "purpose" in rung else rung["name"]], f"{sound.channels} channels")
        need("purpose" not in rung or sound.entry == "mp4a", f"another sound of {sound.entry}")
        check_sound_config(sound)
        codecs = ",".join(name_codec(track) for track in media.tracks)
        need(codecs == rung["codecs"], f"codecs {rung['codecs']}, in the file {codecs}")
        if picture:
            video = media.tracks[0]
            need(video.timescale == 90000, f"timescale {video.timescale}")
            need((video.entry, sound.entry) == FAMILIES[rung["family"]], f"{video.entry} and {sound.entry} in {rung['family']}")
            need((video.width, video.height) == (rung["width"], rung["height"]), f"{video.width}x{video.height}")

    def check_times(self, rung, media):
        for track in media.tracks:
            at = 0
            for fragment in media.fragments:
                samples = fragment.parts.get(track.number, [])
                need(samples, f"a fragment without track {track.number}")
                need(samples[0].start == at, f"track {track.number} goes on at {samples[0].start}, not {at}")
                need(samples[0].key, f"a fragment of track {track.number} begins with no key sample")
                at = samples[-1].start + samples[-1].duration
        numbers = [fragment.sequence for fragment in media.fragments]
        need(numbers == list(range(1, len(numbers) + 1)), "the fragments' numbers")
        if len(media.tracks) == 2:
            ends = [track.samples[-1].start + track.samples[-1].duration for track in media.tracks]
            early = ends[0] * 8 // 15 - ends[1]
            need(ends[1] * 15 <= ends[0] * 8, "the sound ends after the picture")
            need(early <= SOUND_ROOM[media.tracks[1].entry], f"the sound ends {early} samples before the picture")

    def check_index(self, rung, media, index):
        need(index["timescale"] == 90000 and index["init"] == [0, media.init_bytes], "init of the index")
        need(len(index["segments"]) == len(media.fragments) == len(media.references), "the number of segments")
        at = 0
        for segment, fragment, reference in zip(index["segments"], media.fragments, media.references):
            offset, size, start, duration, _ = segment
            need((offset, offset + size) == (fragment.start, fragment.end), f"segment at {offset}")
            need(start == at and duration > 0, f"segment from {start}, not {at}")
            need(reference[0] == size, "bytes in the sidx")
            self.check_segment(media, fragment, segment, reference)
            at = start + duration
        last = index["segments"][-1][3]
        need(len(index["segments"]) == 1 or last >= SHORTEST_TAIL, f"a tail of {last / 90000} s")
        need(abs(rung["duration_ms"] - at / 90) <= 1, "duration_ms")
        total = sum(segment[1] for segment in index["segments"])
        need(abs(rung["average_bandwidth_bps"] - total * 8 * 90000 / at) <= 1, "average_bandwidth_bps")
        need(rung["bandwidth_bps"] >= rung["average_bandwidth_bps"], "bandwidth_bps")

    def check_segment(self, media, fragment, segment, reference):
        start, duration, key = segment[2:]
        first, samples = media.tracks[0], fragment.parts[1]
        lasts = samples[-1].start + samples[-1].duration - samples[0].start
        need(reference[1] == lasts, "duration in the sidx")
        if first.handler == "soun":
            need(key == 0, "a key picture in sound")
            need(abs(samples[0].start * 15 // 8 - start) <= 5400, "a cut far from the grid")
            return
        need((samples[0].start, lasts) == (start, duration), f"pictures from {samples[0].start} for {lasts} in a "
             f"segment from {start} for {duration}")
        need(segment[0] + key == samples[0].offset + samples[0].size, "key_bytes")

    def check_playlist(self, rung, index):
        playlist = read_playlist(self.read_text(rung["playlist"]))
        self.check_segments(rung, index, playlist, 1)
        need(("#EXT-X-INDEPENDENT-SEGMENTS", "") in playlist.tags, "no EXT-X-INDEPENDENT-SEGMENTS")

    def check_keys(self, rung, index):
        playlist = read_playlist(self.read_text(f"{rung['name']}.iframes.m3u8"))
        self.check_segments(rung, index, playlist, 4)
        need(("#EXT-X-I-FRAMES-ONLY", "") in playlist.tags, "no EXT-X-I-FRAMES-ONLY")

    def check_segments(self, rung, index, playlist, size):
        wanted = [(rung["file"], to_microseconds(s[3]), s[size], s[0]) for s in index["segments"]]
        need(playlist.segments == wanted, "segments are not those of the index")
        tags = dict(playlist.tags)
        longest = max(s[3] for s in index["segments"])
        need(int(tags["#EXT-X-TARGETDURATION"]) == max(1, (longest + 45000) // 90000), "EXT-X-TARGETDURATION")
        need(tags["#EXT-X-PLAYLIST-TYPE"] == "VOD" and "#EXT-X-ENDLIST" in tags, "not a whole VOD")
        mapped = attributes(tags["#EXT-X-MAP"])
        need(mapped == {"URI": rung["file"], "BYTERANGE": f"{index['init'][1]}@0"}, f"EXT-X-MAP {mapped}")
        need(not any("DISCONTINUITY" in tag for tag in tags), "a discontinuity")

    # All rungs

    def check_cuts(self):
        """The same cuts in all rungs; sound alone may end a frame before the pictures."""
        entries = {"mp4a.40.2": "mp4a", "opus": "Opus"}
        media = self.manifest["rungs"] + self.manifest.get("sounds", [])
        alone = {rung["name"]: entries[rung["codecs"]] for rung in media if not rung.get("width")}
        starts = {name: [segment[2] for segment in segments] for name, segments in self.indexes.items()}
        ends = {name: sum(segments[-1][2:4]) for name, segments in self.indexes.items()}
        last = max(ends.values())
        for name, cut in starts.items():
            need(cut == next(iter(starts.values())), f"{name} is cut where {next(iter(starts))} is not")
            room = SOUND_ROOM[alone[name]] * 15 / 8 + 1 if name in alone else 0
            need(last - ends[name] <= room, f"{name} ends {(last - ends[name]) / 90} ms before another rung")

    def check_family(self, family):
        file = {"avc": "index.m3u8", "av1": "index-av1.m3u8"}[family]
        codec = FAMILIES[family][1].lower()
        rungs = {r["playlist"]: r for r in self.manifest["rungs"] if codec in r["codecs"]}
        if not rungs:
            need(not (self.folder / file).exists(), f"{file} without a rung")
            return
        playlist = read_playlist(self.read_text(file))
        need({v["URI"] for v in playlist.variants} == set(rungs), f"{file} names other rungs")
        sounds = self.manifest.get("sounds", []) if family == "avc" else []
        scored = [("SCORE" in v) for v in playlist.variants]
        need(all(scored) or not any(scored), "a SCORE for some")
        for variant in playlist.variants:
            self.attempt(f"{file}, {variant['URI']}", self.check_variant, variant, rungs[variant["URI"]], sounds)
        keys = [attributes(value) for name, value in playlist.tags if name == "#EXT-X-I-FRAME-STREAM-INF"]
        need(bool(keys) == any(r.get("width") for r in rungs.values()), "no playlist for scrubbing")
        for key in keys:
            self.read(key["URI"])
            need(key["CODECS"] == rungs[key["URI"].replace(".iframes", "")]["codecs"].split(",")[0], "CODECS of key pictures")
        self.check_renditions(playlist)
        self.attempt(f"sounds of {file}", self.check_sounds, playlist, sounds)

    def check_variant(self, variant, rung, sounds):
        # What can be played together (RFC 8216, 4.3.4.2).
        dearest = {key: max([sound[key] for sound in sounds], default=0) for key in ("bandwidth_bps", "average_bandwidth_bps")}
        need(variant["BANDWIDTH"] == str(rung["bandwidth_bps"] + dearest["bandwidth_bps"]), "BANDWIDTH")
        need(variant["AVERAGE-BANDWIDTH"] == str(rung["average_bandwidth_bps"] + dearest["average_bandwidth_bps"]),
             "AVERAGE-BANDWIDTH")
        need(("AUDIO" in variant) == bool(sounds), "AUDIO")
        need(variant["CODECS"] == rung["codecs"], "CODECS")
        if rung.get("width"):
            need(variant["RESOLUTION"] == f"{rung['width']}x{rung['height']}", "RESOLUTION")
            need(abs(float(variant["FRAME-RATE"]) - rung["frame_rate"]) < 0.001, "FRAME-RATE")

    def check_renditions(self, playlist):
        named = {}
        for name, value in playlist.tags:
            media = attributes(value) if name == "#EXT-X-MEDIA" else {}
            if media.get("TYPE") == "SUBTITLES":
                named[media["LANGUAGE"]] = media["URI"]
        captions = {c["language"]: c["file"] for c in self.manifest.get("captions", [])}
        need(set(named) == set(captions), f"captions {sorted(named)}, of the lesson {sorted(captions)}")
        for language, uri in named.items():
            inner = read_playlist(self.read_text(uri))
            files = [str(Path(uri).parent / segment[0]) for segment in inner.segments]
            need(files == [captions[language]], f"{uri} names {files}")
            duration = inner.segments[0][1] / 1000
            need(abs(duration - self.manifest["duration_ms"]) <= 1, f"{uri} lasts {duration} ms")

    def check_sounds(self, playlist, sounds):
        """The rungs' own sound is the default and has no URI; each other one has a playlist."""
        media = [attributes(value) for name, value in playlist.tags if name == "#EXT-X-MEDIA"]
        group = [entry for entry in media if entry["TYPE"] == "AUDIO"]
        need(len(group) == (len(sounds) + 1 if sounds else 0), f"{len(group)} entries for {len(sounds)} sounds")
        need(not group or ("URI" not in group[0] and group[0]["DEFAULT"] == "YES"), "the rungs' own sound")
        need([entry["URI"] for entry in group[1:]] == [sound["playlist"] for sound in sounds], "other sounds")
        need(len({entry["NAME"] for entry in group}) == len(group), "two sounds of one name")
        for entry, sound in zip(group[1:], sounds):
            need(entry["DEFAULT"] == "NO", f"{sound['name']} is the default")
            need(entry.get("LANGUAGE", "und") == sound["language"], f"language of {sound['name']}")
            need(("CHARACTERISTICS" in entry) == (sound["purpose"] == "described"), f"purpose of {sound['name']}")

    # What lies beside the rungs

    def check_slides(self):
        slides = self.manifest.get("slides")
        if slides is None:
            return
        cues = read_vtt(self.read_text(slides["vtt"]))
        need(len(cues) == slides["count"] > 0, f"{len(cues)} cues for {slides['count']} stills")
        need(cues[-1][1] <= self.manifest["duration_ms"] + 100, "a still beyond the end")
        for i, (start, _, lines) in enumerate(cues):
            need(i == 0 or start == cues[i - 1][1], f"a still from {start} ms, the one before ends at {cues[i - 1][1]}")
            need(lines[1:] in ([], ["grows"]), f"{lines}")
            need(i > 0 or lines[1:] == [], "the first still grows")
            measure_webp(self.read(lines[0]))
        if slides.get("pdf"):
            need(self.read(slides["pdf"])[:5] == b"%PDF-", f"{slides['pdf']} is no PDF")

    def check_storyboard(self):
        name = self.manifest.get("storyboard")
        if name is None:
            return
        cues = read_vtt(self.read_text(name))
        need(cues and cues[0][0] == 0, "no cue at 0")
        for i, (start, _, lines) in enumerate(cues):
            need(i == 0 or start == cues[i - 1][1], f"a gap at {start} ms")
            file, _, place = lines[0].partition("#xywh=")
            x, y, width, height = (int(number) for number in place.split(","))
            size = measure_webp(self.read(file))
            need(width > 0 and height > 0 and x + width <= size[0] and y + height <= size[1], f"{place} of {size}")
        need(abs(cues[-1][1] - self.manifest["duration_ms"]) <= 100, f"it ends at {cues[-1][1]} ms")

    def check_captions(self):
        for captions in self.manifest.get("captions", []):
            self.attempt(captions["file"], read_vtt, self.read_text(captions["file"]))
            need(captions["state"] in ("draft", "approved"), captions["state"])

    def check_waveform(self):
        name = self.manifest.get("waveform")
        if name is None:
            return
        waveform = json.loads(self.read_text(name))
        need(waveform["version"] == 1 and waveform["interval_ms"] > 0, "version or interval")
        need(all(0 <= peak <= 255 for peak in waveform["peaks"]), "a peak beyond 255")
        lasts = len(waveform["peaks"]) * waveform["interval_ms"]
        need(abs(lasts - self.manifest["duration_ms"]) <= waveform["interval_ms"] + 100, f"it lasts {lasts} ms")

    def check_poster(self):
        picture = any(rung.get("width") for rung in self.manifest.get("rungs", []))
        if not picture:
            return
        measure_webp(self.read(self.manifest["poster"]))


def find_bundles(folders):
    for folder in map(Path, folders):
        if (folder / "lesson.json").is_file():
            yield folder
        else:
            yield from sorted(path.parent for path in folder.glob("*/lesson.json"))


def main():
    bundles = list(find_bundles(sys.argv[1:]))
    if not bundles:
        print("check_bundle.py: no bundle in " + " ".join(sys.argv[1:]), file=sys.stderr)
        return 64
    print(f"1..{len(bundles)}")
    bad = 0
    for number, folder in enumerate(bundles, 1):
        bundle = Bundle(folder)
        faults = bundle.check()
        rungs = " ".join(rung["name"] for rung in bundle.manifest.get("rungs", []))
        print(f"{'not ok' if faults else 'ok'} {number} - {folder.name}: {rungs}")
        for fault in faults:
            print(f"# {fault}")
        bad += bool(faults)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
