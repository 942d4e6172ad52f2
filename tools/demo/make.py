#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers
"""Makes the demonstration lesson: slides drawn by rsvg-convert, words spoken by espeak-ng's Thai voice,
put together by ffmpeg as a 720p MP4. Prints the file's path. Called by tools/demo-run.sh; the file
appears by rename, so an interrupted run is simply made again."""

import array
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import lesson

FRAMES_PER_SECOND = 25
RATE = 22050  # espeak-ng's own
PAUSE_FRAMES = 20


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stdout}")


def draw(svg, path):
    source = path.with_suffix(".svg")
    source.write_text(svg, encoding="utf-8")
    run("rsvg-convert", "--format=png", f"--output={path}", str(source))


def speak(words, path):
    """The samples of a sentence in Thai."""
    run("espeak-ng", "-v", "th", "-s", "132", "-p", "58", "-w", str(path), words)
    with wave.open(str(path)) as sound:
        if sound.getframerate() != RATE or sound.getnchannels() != 1 or sound.getsampwidth() != 2:
            sys.exit("espeak-ng gave an unexpected sound format")
        return array.array("h", sound.readframes(sound.getnframes()))


def make_parts(folder):
    """Draws and speaks every step; returns the concat list of pictures and the whole sound."""
    pictures, sound = [], array.array("h")
    for number, (svg, words) in enumerate(lesson.steps(), 1):
        picture = folder / f"{number:02}.png"
        draw(svg, picture)
        spoken = speak(words, folder / f"{number:02}.wav")
        frames = -(-len(spoken) * FRAMES_PER_SECOND // RATE) + PAUSE_FRAMES
        spoken.extend([0] * (frames * RATE // FRAMES_PER_SECOND - len(spoken)))
        sound += spoken
        pictures.append(f"file '{picture.name}'\nduration {frames / FRAMES_PER_SECOND:.2f}\n")
    pictures.append(pictures[-1].split("\n")[0] + "\n")
    return "ffconcat version 1.0\n" + "".join(pictures), sound


def assemble(folder, listing, sound, target):
    (folder / "slides.ffconcat").write_text(listing, encoding="utf-8")
    with wave.open(str(folder / "speech.wav"), "wb") as speech:
        speech.setparams((1, 2, RATE, 0, "NONE", ""))
        speech.writeframes(sound.tobytes())
    seconds = len(sound) / RATE
    unfinished = target.with_suffix(".part.mp4")
    run("ffmpeg", "-nostdin", "-y", "-loglevel", "error", "-f", "concat", "-i", str(folder / "slides.ffconcat"),
        "-i", str(folder / "speech.wav"), "-vf", f"fps={FRAMES_PER_SECOND},format=yuv420p", "-t", f"{seconds:.2f}",
        "-c:v", "libx264", "-preset", "veryfast", "-tune", "stillimage", "-crf", "20", "-g", "250",
        "-af", "loudnorm=I=-16:TP=-1.5,aresample=48000:ochl=mono", "-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", str(unfinished))
    unfinished.rename(target)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: make.py FOLDER")
    target = Path(sys.argv[1]).resolve() / f"{lesson.TITLE}.mp4"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            listing, sound = make_parts(Path(folder))
            assemble(Path(folder), listing, sound, target)
    print(target)


if __name__ == "__main__":
    main()
